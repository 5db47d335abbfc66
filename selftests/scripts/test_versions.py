"""All files that name Python versions agree with pyproject.toml, and the locks with the requirements."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import yaml

sys.path.append(str(Path(__file__).resolve().parents[2] / "scripts"))
from bootstrap import read_pins
from versions import PLATFORMS, find_python, pins_for, promised_versions

ROOT = Path(__file__).resolve().parents[2]
PROMISED = promised_versions()
LOWEST, HIGHEST = PROMISED[0], PROMISED[-1]
NAMES = sorted(path.stem for path in ROOT.glob("requirements*.txt"))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_promised_versions_are_in_order_and_without_a_gap() -> None:
    minors = [int(version.removeprefix("3.")) for version in PROMISED]
    assert minors == list(range(minors[0], minors[-1] + 1))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", 'requires-python = ">={lowest}"'),
        ("pyproject.toml", 'target-version = "{tag}"'),
        ("pyproject.toml", 'python_version = "{lowest}"'),
        ("README.md", "Python {lowest} to {highest}"),
        ("README.zh-CN.md", "Python {lowest} 到 {highest}"),
        ("CONTRIBUTING.md", "Python {lowest} to {highest}"),
        ("scripts/bootstrap", "sys.version_info < ({minor})"),
        ("scripts/bootstrap", "Python {lowest} 或更高版本"),
        ("scripts/bootstrap", " python3 {newest_first} python;"),
        ("scripts/bootstrap.py", "sys.version_info < ({minor})"),
    ],
)
def test_a_file_names_the_promised_versions(name: str, text: str) -> None:
    expected = text.format(
        lowest=LOWEST,
        highest=HIGHEST,
        tag=f"py{LOWEST.replace('.', '')}",
        minor=LOWEST.replace(".", ", "),
        newest_first=" ".join(f"python{version}" for version in reversed(PROMISED)),
    )
    assert expected in read(name)


def test_ci_runs_on_every_promised_version_and_the_night_on_one() -> None:
    ci = yaml.safe_load(read(".github/workflows/ci.yml"))
    assert ci["jobs"]["run"]["strategy"]["matrix"]["python"] == PROMISED
    (night,) = re.findall(r'python-version: "([^"]+)"', read(".github/workflows/nightly.yml"))
    assert night in PROMISED


# The locks


@pytest.mark.parametrize("name", NAMES)
def test_a_lock_holds_every_direct_pin(name: str) -> None:
    direct = read_pins(ROOT / f"{name}.txt")
    assert direct and direct <= read_pins(ROOT / f"{name}.lock")


@pytest.mark.parametrize("name", NAMES)
def test_every_direct_requirement_is_pinned(name: str) -> None:
    for line in read(f"{name}.txt").splitlines():
        assert re.match(r"#|-r \S+$|[\w.-]+==[\w.]+(; python_version .+)?( +#.*)?$", line), line


def test_the_locks_agree_with_each_other() -> None:
    pins = {name.partition("-")[2]: read_pins(ROOT / f"{name}.lock") for name in NAMES}
    assert set(pins) == {"", "nightly", "load", "dev", "mutants"}
    assert pins[""] < pins["nightly"] < pins["dev"] < pins["mutants"]
    assert pins[""] < pins["load"] < pins["dev"]


@pytest.mark.parametrize("name", NAMES)
def test_every_locked_package_has_a_hash_and_no_address(name: str) -> None:
    text = read(f"{name}.lock")
    pins = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(pins) >= len(read_pins(ROOT / f"{name}.lock"))
    assert all("--hash=sha256:" in pin for pin in pins)
    assert not re.search(r"https?:|file:|--(extra-)?index-url|--find-links|--trusted-host", text)


@pytest.mark.parametrize("version", PROMISED)
@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.name)
def test_each_version_gets_one_version_of_a_package(version: str, platform) -> None:
    names = [pin.partition("==")[0] for pin in pins_for(read("requirements-dev.lock"), version, platform)]
    assert len(names) == len(set(names)) > 40


def test_markers_are_evaluated_for_the_wanted_version() -> None:
    old = "a==1 ; python_full_version < '3.11' \\\n    --hash=sha256:00\n"
    lock = f"{old}a==2 ; python_full_version >= '3.11' \\\n"
    assert pins_for(lock, "3.10", PLATFORMS[0]) == ["a==1"]
    assert pins_for(lock, "3.14", PLATFORMS[0]) == ["a==2"]


def test_a_python_is_found_only_if_its_version_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "python3.99").write_text("#!/bin/sh\necho 3.98\n")
    (tmp_path / "python3.99").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_python("3.99") is None
    (tmp_path / "python3.99").write_text("#!/bin/sh\necho 3.99\n")
    assert find_python("3.99") == str(tmp_path / "python3.99")


def test_a_python_of_this_version_is_found() -> None:
    assert find_python(f"{sys.version_info.major}.{sys.version_info.minor}")
