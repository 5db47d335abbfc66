"""A copy of the repository in which a user has added something of every kind.

``python -m selftests.user_additions [pytest options]`` runs the selftests there, all of them or those that
are named. Their verdicts are about the harness, so they must be the same as without the additions.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", ".cache", "node_modules", "reports", "out", "__pycache__", ".*_cache", ".hypothesis"
)
_CASE = """
  - id: user-case
    name: 用户加的用例
    only_in: [standin, user]
    validate:
      $.data.result[*].id: {user_matcher: 19}
"""
_SUITE = """suite: 用户的用例集
tags: [user_marker]
cases:
  - id: first
    name: 数据文件、契约与变量
    parametrize: {file: rows.csv}
    request: {json: {pageSize: "${size}"}}
    validate:
      schema: user_contract
      $.data.pageSize: ${size}
      $.data.result: {length: "${size}"}
      $.data.result[*].id: {type: string}
"""
_ENVIRONMENT = """
  user:
    base_url: http://10.0.0.1:8080
    secrets: {token: USER_TOKEN}
    variables: {files_base: 'http://10.0.0.1:8080/oss/', latency_ms: 1, latency_largest_ms: 1,
                page_bytes_least: 1, page_bytes_most: 2, known_total: "1"}
    allow: [intrusive, load]
"""
_MATCHER = '''from framework.checks.declare import matcher


@matcher(example="$.data.result[*].id: {user_matcher: 19}")
def user_matcher(value, length):
    """长度等于它"""
    return isinstance(value, str) and len(value) == length
'''


def copy_with_additions(folder: Path) -> Path:
    """Copy the repository to *folder*, add things that a user might add there, and choose other defaults."""
    shutil.copytree(ROOT, folder, symlinks=True, ignore=_NOT_COPIED)
    _append(folder / "testcases/policy_list/smoke.yaml", _CASE)
    _append(folder / "environments.yaml", _ENVIRONMENT)
    _append(folder / "pytest.ini", "    user_marker: 用户的标签\n")
    _replace(folder / "pytest.ini", "\nmatchers =\n", "\nmatchers =\n    user_library: library_matcher\n")
    _replace(folder / "pytest.ini", "\nlang = zh\n", "\nlang = en\n")
    _replace(folder / "environments.yaml", "\ndefault: standin\n", "\ndefault: user\n")
    shared = (
        (folder / "testcases/policy_list/_shared.yaml").read_text(encoding="utf-8").partition("\nwalks:")[0]
    )
    added = {
        "testcases/user/_shared.yaml": shared + "\n",
        "testcases/user/mine.yaml": _SUITE,
        "testcases/user/rows.csv": "id,size:integer\none,1\ntwo,2\n",
        "testcases/user/README.md": f"# Ours\n\n[nowhere](nowhere.md), /{'home'}/user/cases\n",
        "testcases/user/unfinished.yaml": "suite: 没写完\ncases:\n  - id: one\n    valdate: {}\n",
        "testcases/user/not_yaml.yaml": "suite: [\n",
        "user_library.py": _MATCHER.replace("user_matcher", "library_matcher"),
        "testcases/matchers.py": _MATCHER,
        "schemas/user_contract.schema.json": '{"type": "object", "required": ["data"]}\n',
        ".env": "USER_TOKEN=secret-of-the-user-0123456789\n",
    }
    for name, text in added.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def run_selftests(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the selftests of the copy in *folder*. *arguments* are pytest's."""
    command = [sys.executable, "-m", "pytest", "-c", "selftests/pytest.ini", "--rootdir", "selftests"]
    named = [] if any(argument.startswith("selftests") for argument in arguments) else ["selftests"]
    return subprocess.run(
        [*command, "-p", "no:cacheprovider", *arguments, *named],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path} has changed: {old!r} is not in it"
    path.write_text(text.replace(old, new), encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        done = run_selftests(copy_with_additions(Path(made) / "repository"), *sys.argv[1:])
    print(done.stdout)
    sys.exit(done.returncode)
