"""A child process can be stopped, whatever signals this process inherited as ignored."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from framework.base.process import run_with_timeout

ROOT = Path(__file__).parents[2]
CHILD = """
import sys, time
try:
    open(sys.argv[1], "w").close()
    time.sleep(60)
except KeyboardInterrupt:
    raise SystemExit(7)
"""
PARENT = """
import signal, sys
from pathlib import Path
from framework.base.process import run_with_timeout
code, ready = sys.argv[1:]
for limit in (3, 12, 48):  # on a busy machine Python may need more than a few seconds to start
    ended = run_with_timeout([sys.executable, "-c", code, ready], Path("."), {}, limit)
    if Path(ready).exists():
        break
print(ended)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no ignored signals")
def test_a_child_of_a_background_job_can_be_interrupted(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PARENT, CHILD, str(tmp_path / "ready")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    assert "code=7, timed_out=True" in done.stdout, done


def test_the_signals_of_this_process_are_as_before(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert (
        run_with_timeout([sys.executable, "-c", "raise SystemExit(5)"], tmp_path, dict(os.environ), 60).code
        == 5
    )
    assert signal.getsignal(signal.SIGTERM) == before


def test_what_a_child_writes_to_stderr_is_passed_on_and_its_end_is_kept(tmp_path: Path, capfd) -> None:
    code = "import sys; sys.stderr.write('x' * 100_000 + '\\nthe reason'); raise SystemExit(4)"
    ended = run_with_timeout([sys.executable, "-c", code], tmp_path, dict(os.environ), 60)
    assert ended.code == 4
    assert ended.errors == "the reason"
    assert capfd.readouterr().err == "x" * 100_000 + "\nthe reason"
