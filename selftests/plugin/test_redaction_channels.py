"""The channels of pytest itself hold no secret: every channel, with every form of the secret."""

from __future__ import annotations

import pytest

from selftests.plugin.test_redaction import spellings

SECRET = 'tok"QxWv/UtSrPo<Nm&LkJiHg 98765'
PLAIN = "\n  - id: a\n    request: {url: /list}\n    validate: {status_code: 200}\n"

PRINT = """
import base64, json, urllib.parse
def forms():
    data = os.environ["POLICY_TOKEN"]
    return " ".join([data, repr(data), json.dumps(data), urllib.parse.quote(data), html.escape(data),
        base64.b64encode(b"me:" + data.encode()).decode(), data.encode().hex()])
"""
HEAD = "import html, logging, os, sys, warnings\nimport pytest\n" + PRINT
PLUGIN = 'pytest_plugins = ["framework.plugin"]\n'
HOOK = HEAD + PLUGIN + "\ndef pytest_runtest_setup(item):\n    "

CHANNELS = {
    "live log": ({"conftest.py": HOOK + "logging.getLogger('x').error(forms())"}, ["-o", "log_cli=true"]),
    "log file": (
        {"conftest.py": HOOK + "logging.getLogger('x').error('%s', forms())"},
        ["--log-file", "reports/pytest.log"],
    ),
    "warnings": ({"conftest.py": HOOK + "warnings.warn(forms())"}, []),
    "prints": ({"conftest.py": HOOK + "print(forms()); print(forms(), file=sys.stderr)"}, ["-s"]),
    "captured prints": ({"conftest.py": HOOK + "print(forms()); raise ValueError(forms())"}, ["-rA"]),
    "crash of a conftest": ({"testcases/conftest.py": HEAD + "raise ValueError(forms())"}, ["testcases"]),
    "crash of a conftest below": ({"testcases/sub/conftest.py": HEAD + "raise ValueError(forms())"}, []),
    "crash of matchers.py": ({"testcases/matchers.py": HEAD + "raise ValueError(forms())"}, []),
    "crash of a hook": (
        {
            "conftest.py": HEAD
            + PLUGIN
            + "def pytest_collection_modifyitems():\n    raise ValueError(forms())"
        },
        [],
    ),
    "configuration": (
        {"conftest.py": HEAD + PLUGIN + "def pytest_configure():\n    raise ValueError(forms())"},
        [],
    ),
    "usage error": (
        {"conftest.py": HEAD + PLUGIN + "def pytest_sessionstart():\n    raise pytest.UsageError(forms())"},
        [],
    ),
    "exit": ({"conftest.py": HOOK + "pytest.exit(forms())"}, []),
    "-k": ({}, ["-k", SECRET]),
    "-m": ({}, ["-m", SECRET]),
    "unknown argument": ({}, ["--" + SECRET]),
    "unknown file": ({}, [SECRET]),
    "--base-url": ({}, ["--base-url", f"http://me:{SECRET}@host.example"]),
    "--base-url with a query": ({}, ["--base-url", f"http://host.example?token={SECRET}"]),
    "refused case": ({"testcases/list.yaml": f"suite: a\ncases:\n  - id: a\n    x: '{SECRET}'\n"}, []),
    "refused YAML": ({"testcases/list.yaml": f"suite: a\ncases: [ {SECRET} \n"}, []),
}


@pytest.mark.parametrize("options", [[], ["-n2"]], ids=["alone", "workers"])
@pytest.mark.parametrize("channel", CHANNELS)
def test_no_channel_holds_a_secret(project, channel: str, options: list[str]) -> None:
    project.variables = {"POLICY_TOKEN": SECRET, "PYTEST_ADDOPTS": ""}
    project.service.replies = {"/list": {"success": True}}
    project.suite(PLAIN)
    project.suite(PLAIN.replace("id: a", "id: b"), "sub/other.yaml")
    files, arguments = CHANNELS[channel]
    for name, text in files.items():
        project.write(name, text + "\n")
    outcome = project.run(*arguments, *options)
    needles = {form.encode() for form in spellings(SECRET) if len(form) > 8}
    assert not [
        (name, needle) for name, data in outcome.everything().items() for needle in needles if needle in data
    ]
    if channel not in ("-m", "exit", "--base-url with a query", "--base-url"):
        seen = b"".join(outcome.everything().values())
        assert b"***token***" in seen or options or channel == "prints"


def test_a_password_in_the_base_url_is_not_shown(project) -> None:
    project.suite(PLAIN)
    outcome = project.run("--base-url", "http://me:a-strange-password@host.example/x?key=another-one")
    assert outcome.code == 4
    assert "http://***@host.example/x" in outcome.out
    assert "a-strange-password" not in outcome.out
    assert "another-one" not in outcome.out
