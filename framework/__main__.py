"""``python -m framework``: everything that is not a test run."""

from __future__ import annotations

import sys

from framework.cli.commands import main


def run() -> None:
    """Run the command on the command line; the entry point of the installed package."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
