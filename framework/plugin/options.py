"""Declares the options of the harness for pytest's command line and pytest.ini."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("harness", "API regression harness")
    group.addoption(
        "--env", metavar="NAME", dest="harness_env", help="environment of environments.yaml to run against"
    )
    group.addoption(
        "--base-url",
        metavar="URL",
        dest="harness_base_url",
        help="send to URL instead of the environment's base_url",
    )
    group.addoption(
        "--var",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        dest="harness_vars",
        help="set a variable, over all others",
    )
    group.addoption(
        "--replay",
        metavar="DIR",
        dest="harness_replay",
        help="answer from the tape in DIR; no socket is opened",
    )
    group.addoption(
        "--evidence",
        choices=("all", "failed", "none"),
        default="failed",
        dest="harness_evidence",
        help="whose whole replies the report keeps (default: failed)",
    )
    group.addoption(
        "--no-sharing",
        action="store_true",
        dest="harness_no_sharing",
        help="send every request, also if another case has asked exactly the same",
    )
    parser.addini(
        "evidence_mb",
        "whole replies one run keeps, in millions of bytes; a single-file report grows slow past a hundred",
        default="18",
    )
    parser.addini("record", "whether the run writes reports/run.json", type="bool", default=True)
    parser.addini("suites", "folders whose YAML files are suites", type="args", default=["testcases"])
    parser.addini(
        "matchers",
        "matchers of libraries, a line each: module: name name; imported when a case uses one",
        type="linelist",
        default=[],
    )
