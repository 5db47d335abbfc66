"""The pytest plugin: options, collection, running a case, and masking of what pytest itself writes.

``pytest_plugins = ["framework.plugin"]`` in a conftest.py loads all of it.
"""

pytest_plugins = [
    f"framework.plugin.{name}"
    for name in ("options", "session", "extras", "collection", "running", "language")
]
