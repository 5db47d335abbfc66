"""What the harness asks on pytest's command line and in pytest.ini."""

from __future__ import annotations

import argparse

import pytest

from framework.base.messages import tr


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(tr("要 0 到 1 的数,现在是 {text}", text=text))
    return value


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
        "--audit",
        action="store_true",
        dest="harness_audit",
        help="mutate the replies of passing cases: what would no check notice?",
    )
    group.addoption(
        "--audit-min",
        metavar="SHARE",
        type=_share,
        dest="harness_audit_min",
        help="with --audit: fail below this score, 0 to 1",
    )
    group.addoption(
        "--audit-seed",
        metavar="SEED",
        default="0",
        dest="harness_audit_seed",
        help="with --audit: which places and samples are chosen",
    )
    parser.addini(
        "evidence_mb",
        "whole replies one run keeps, in millions of bytes; a single-file report grows slow past a hundred",
        default="18",
    )
    parser.addini("suites", "folders whose YAML files are suites", type="args", default=["testcases"])
