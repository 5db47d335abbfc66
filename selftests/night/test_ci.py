"""The CI files are well formed, their linters find nothing, and they call only scripts that exist and run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
GITLAB = ROOT / ".gitlab-ci.yml"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SHARDS = ROOT / "docs" / "ci" / "nightly-shards.yml"
CALLS = re.compile(r"(bash )?((?:scripts|\.ci)/[\w-]+)((?: (?:--[\w-]+|\"\$[A-Z_]+\"))*)")
YAMLLINT = (
    "{extends: default, rules: {line-length: {max: 140}, document-start: disable, "
    "truthy: {check-keys: false}, comments: disable}}"
)
STUB = '#!/bin/sh\ncase $1 in -c) exec {python} "$@" ;; esac\nprintf \'%s \' "$@" >> "$STUB_LOG"\n'


def commands() -> list[tuple[str, str]]:
    found = []
    for path in WORKFLOWS:
        jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
        found += [
            (path.name, step["run"].strip())
            for job in jobs.values()
            for step in job["steps"]
            if "run" in step
        ]
    found += [
        ("Jenkinsfile", command)
        for command in re.findall(
            r"^\s*sh '(.*)'$", (ROOT / "Jenkinsfile").read_text(encoding="utf-8"), re.MULTILINE
        )
    ]
    gitlab = yaml.safe_load(GITLAB.read_text(encoding="utf-8"))
    jobs = (job for job in gitlab.values() if isinstance(job, dict))
    found += [(GITLAB.name, command) for job in jobs for command in job.get("script", ())]
    return found


def test_there_are_commands_in_each_file() -> None:
    assert {name for name, _ in commands()} == {
        "ci.yml",
        "nightly.yml",
        "Jenkinsfile",
        ".gitlab-ci.yml",
    }


@pytest.mark.parametrize(("name", "command"), commands())
def test_a_command_is_one_call_of_a_script_that_exists(name: str, command: str) -> None:
    call = CALLS.fullmatch(command)
    assert call, command
    script = ROOT / call[2]
    assert script.is_file() and (call[1] or script.stat().st_mode & 0o111)


@pytest.mark.parametrize("command", sorted({command for _, command in commands() if "nightly" in command}))
def test_the_command_of_the_night_runs(command: str, tmp_path: Path) -> None:
    """In a copy whose Python only records its arguments."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("requirements", "requirements-nightly"):
        (tmp_path / f"{name}.txt").touch()
        (tmp_path / f"{name}.lock").touch()
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(STUB.format(python=sys.executable), encoding="utf-8")
    python.chmod(0o755)
    log = tmp_path / "log"
    environment = {
        "PATH": "/usr/bin:/bin",
        "STUB_LOG": str(log),
        "PYTHON": sys.executable,
        "HARNESS_ENVIRONMENT": "a test",
    }
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert log.read_text(encoding="utf-8").endswith("-m framework night --env a test ")


def test_no_outside_value_is_inserted_into_a_command() -> None:
    assert not [command for _, command in commands() if "${{" in command or "${" in command]


@pytest.mark.parametrize("path", [*WORKFLOWS, SHARDS], ids=lambda path: path.name)
def test_secrets_are_given_to_one_step_only(path: Path) -> None:
    for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values():
        assert "secrets." not in str(job.get("env", {}))
        assert sum("secrets." in str(step) for step in job["steps"]) <= 1


def test_the_brackets_of_the_jenkinsfile_match() -> None:
    text = re.sub(r"//[^\n]*|'[^'\n]*'", "", (ROOT / "Jenkinsfile").read_text(encoding="utf-8"))
    depth = 0
    for char in text:
        depth += {"{": 1, "}": -1}.get(char, 0)
        assert depth >= 0
    assert depth == 0


@pytest.mark.parametrize("path", [*WORKFLOWS, SHARDS], ids=lambda path: path.name)
def test_actions_are_pinned_by_commit(path: Path) -> None:
    used = re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))
    assert used
    # A tag can be moved to other code; the version is for people and for update tools.
    assert [one for one in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", one)] == []


def linter(name: str) -> str:
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed (requirements-dev.txt)")
    return found


@pytest.mark.parametrize(
    "command",
    [
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", *map(str, [*WORKFLOWS, SHARDS])],
        ["check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", str(GITLAB)],
        ["zizmor", "--offline", "--no-progress", *map(str, [*WORKFLOWS, SHARDS])],
        [
            "yamllint",
            "--strict",
            "-d",
            YAMLLINT,
            *map(str, [*WORKFLOWS, SHARDS]),
            str(GITLAB),
            str(ROOT / "environments.yaml"),
        ],
    ],
    ids=lambda command: command[0],
)
def test_a_linter_finds_nothing(command: list[str]) -> None:
    done = subprocess.run(
        [linter(command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
