"""Runs the stand-in, or a survey: ``python -m standin fault-survey`` or ``python -m standin survey``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence

from standin import behaviours, faults
from standin.app import application
from standin.behaviours import UnknownBehaviour, behaviours_for
from standin.behaviours.behaviour import together
from standin.control import CONTROL_PATH, KEY_VARIABLE, key_from_environment
from standin.credentials import DEFAULT_TOKEN
from standin.faults import UnknownFault, hooks_for
from standin.query import order_of
from standin.seed.catalogue import others
from standin.seed.recorded import recorded
from standin.server import CannotListen, listen, origin, serve
from standin.service import Service, files_base_of
from standin.store import Store

SURVEY, FORMER_SURVEY = "fault-survey", "fault-audit"
"""The command, and its name in earlier versions, which still works for one version."""
SERVICES_SURVEY = "survey"


def main(argv: Sequence[str] | None = None) -> int:
    """Run until stopped, and return the exit code.

    It is 0 for a normal end, and 2 if the address is not available or a fault is unknown.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and arguments[0] in (SURVEY, FORMER_SURVEY):
        if arguments[0] == FORMER_SURVEY:
            sys.stderr.write(f"standin: {FORMER_SURVEY} is called {SURVEY} now\n")
        from standin.survey.command import main as survey  # noqa: PLC0415 - a server starts sooner without it

        return survey(arguments[1:])
    if arguments and arguments[0] == SERVICES_SURVEY:
        from standin.survey.services_command import main as survey_services  # noqa: PLC0415 - as above

        return survey_services(arguments[1:])
    options = parser().parse_args(arguments)
    try:
        hooks = hooks_for(options.fault)
        chosen = behaviours_for(options.behaviour)
        sock = listen(options.host, options.port)
    except (UnknownFault, UnknownBehaviour, CannotListen) as error:
        sys.stderr.write(f"standin: {error}\n")
        return 2
    url = origin(sock)
    conduct = together(chosen, (*recorded(), *others()))
    order = conduct.order if options.tie_order is None else order_of(options.tie_order)
    service = Service(Store(conduct.policies), options.files_base or files_base_of(url), conduct.hooks, order)
    service.switch_faults(hooks)
    serve(application(service, options.control_key), sock, lambda: announce(url), options.until_stdin_closes)
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
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
        "--behaviour",
        action="append",
        default=[],
        metavar="NAME",
        help="behave as another sound service; repeatable",
    )
    made.add_argument(
        "--tie-order", type=int, metavar="SEED", help="serve policies of the same second in another order"
    )
    made.add_argument(
        "--list-faults", action=_Listing, const=faults.listing, help="show the catalogue of faults and exit"
    )
    made.add_argument(
        "--list-behaviours",
        action=_Listing,
        const=behaviours.listing,
        help="show the table of behaviours and exit",
    )
    made.add_argument(
        "--control-key",
        default=key_from_environment(),
        metavar="KEY",
        help=f"let faults be switched at {CONTROL_PATH} with this key; default: ${KEY_VARIABLE}",
    )
    return made


class _Listing(argparse.Action):
    """An option that ends the program as --help does, so that --port is not required."""

    def __init__(self, option_strings: Sequence[str], dest: str, const: Callable[[], str], help: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help=help)
        self._listing = const

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        sys.stdout.write(self._listing())
        parser.exit()


def announce(url: str) -> None:
    """Print the line that the owning process waits for, and another for people if stdout is a terminal."""
    sys.stdout.write(json.dumps({"event": "listening", "url": url, "token": DEFAULT_TOKEN}) + "\n")
    if sys.stdout.isatty():
        sys.stdout.write(f"青创政策 stand-in: {url} (Ctrl-C ends it)\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
