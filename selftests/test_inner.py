"""An inner run begins with its imports made, and is otherwise a run of its own."""

from __future__ import annotations

import json
import os
from pathlib import Path

from selftests.inner import ROOT, run_pytest

CASE = """
import atexit, json, os, sys
from pathlib import Path

IMPORTED = [name in sys.modules for name in ("requests", "framework.run.harness", "framework.plugin")]

def test_it(request):
    atexit.register(print, "the end")
    seen = [IMPORTED, os.getpid(), os.getcwd(), os.environ["ONLY_HERE"], request.config.option.maxfail]
    Path("seen.json").write_text(json.dumps(seen))
"""


def test_a_run_has_its_imports_and_its_own_process(tmp_path: Path) -> None:
    (tmp_path / "test_case.py").write_text(CASE)
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "ONLY_HERE": "yes"}
    done = run_pytest(["--maxfail=3", "-p", "no:randomly", "-p", "no:anyio"], tmp_path, variables)
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("the end\n")
    imported, process, *others = json.loads((tmp_path / "seen.json").read_text())
    assert imported == [True, True, False]
    assert process != os.getpid()
    assert others == [str(tmp_path), "yes", 3]
