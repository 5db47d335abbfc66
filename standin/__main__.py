"""``python -m standin``: run the stand-in by itself; ``python -m standin fault-audit``: see
:mod:`standin.survey`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from standin.app import application
from standin.control import CONTROL_PATH, KEY_VARIABLE, key_from_environment
from standin.faults import UnknownFault, hooks_for, listing
from standin.query import order_of
from standin.seed.catalogue import others
from standin.seed.recorded import recorded
from standin.server import CannotListen, listen, origin, serve
from standin.service import Service, files_base_of
from standin.store import Store
from standin.tokens import DEFAULT_TOKEN


def main(argv: Sequence[str] | None = None) -> int:
    """Run until stopped. Return the exit code: 0 for a quiet end, 2 when the address cannot be had."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given[:1] == ["fault-audit"]:
        from standin.survey.command import main as audit  # noqa: PLC0415 - a server starts sooner without it

        return audit(given[1:])
    options = parser().parse_args(given)
    try:
        sock = listen(options.host, options.port)
    except CannotListen as error:
        sys.stderr.write(f"standin: {error}\n")
        return 2
    url = origin(sock)
    try:
        hooks = hooks_for(options.fault)
    except UnknownFault as error:
        sys.stderr.write(f"standin: {error}\n")
        return 2
    store = Store((*recorded(), *others()))
    service = Service(store, options.files_base or files_base_of(url), hooks, order_of(options.tie_order))
    serve(application(service, options.control_key), sock, lambda: announce(url), options.until_stdin_closes)
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m standin", description="The policy service's stand-in.")
    made.add_argument("--port", type=int, required=True, help="port to listen on; 0 lets the system choose")
    made.add_argument("--host", default="127.0.0.1", help="loopback address to listen on")
    made.add_argument(
        "--files-base", metavar="URL", help="what file URLs start with; default: this server's /oss/"
    )
    made.add_argument("--until-stdin-closes", action="store_true", help="end as soon as stdin is at its end")
    made.add_argument(
        "--fault", action="append", default=[], metavar="NAME", help="switch a fault on; repeatable"
    )
    made.add_argument(
        "--tie-order", type=int, metavar="SEED", help="serve policies of the same second in another order"
    )
    made.add_argument("--list-faults", action=_ListFaults, help="show the catalogue of faults and exit")
    made.add_argument(
        "--control-key",
        default=key_from_environment(),
        metavar="KEY",
        help=f"let faults be switched at {CONTROL_PATH} with this key; default: ${KEY_VARIABLE}",
    )
    return made


class _ListFaults(argparse.Action):
    """An option that ends the program, as --help does, so that --port is not asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        sys.stdout.write(listing())
        parser.exit()


def announce(url: str) -> None:
    """Print the one line that a program waits for, and one for people where a person looks on."""
    sys.stdout.write(json.dumps({"event": "listening", "url": url, "token": DEFAULT_TOKEN}) + "\n")
    if sys.stdout.isatty():
        sys.stdout.write(f"青创政策 stand-in: {url} (Ctrl-C ends it)\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
