"""``python -m framework``: everything that is not a test run."""

from __future__ import annotations

import sys

from framework.cli.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
