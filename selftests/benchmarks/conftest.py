"""Makes ``benchmarks`` importable as the package of the project."""

import sys

# pytest's importlib mode may name this folder's modules benchmarks.*, behind a namespace that hides the
# package itself.
if getattr(sys.modules.get("benchmarks"), "__file__", None) is None:
    sys.modules.pop("benchmarks", None)

import benchmarks  # noqa: F401
