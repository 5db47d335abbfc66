"""``scripts/mutants``: its reading of mutmut's results, and when it is satisfied. mutmut itself is not
run.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULE = "framework/http/paginate.py"


@pytest.fixture(scope="module")
def mutants() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutants", ROOT / "scripts" / "mutants.py")
    module = sys.modules["mutants"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SHOWN = """\
# framework.http.paginate.x_start_of__mutmut_7: survived
--- framework/http/paginate.py
+++ framework/http/paginate.py
@@ -1,4 +1,4 @@
 def start_of(size):
-    return size + 1
+    return size - 1

# framework.http.paginate.xǁPageǁkeys__mutmut_1: no tests
--- framework/http/paginate.py
+++ framework/http/paginate.py
@@ -1,6 +1,4 @@
     def keys(self, key):
-        return call(
-            key,
-        )
+        return call(
+        )
"""


def test_a_change_is_described_by_its_function_and_lines(mutants):
    assert list(mutants._changes(MODULE, SHOWN)) == [
        mutants.Change(MODULE, "start_of", "return size + 1", "return size - 1"),
        mutants.Change(MODULE, "Page.keys", "return call( key, )", "return call( )"),
    ]


def test_the_statuses_are_read_from_the_results(mutants):
    text = (
        "Loading\n    a.x_f__mutmut_1: survived\n    a.x_f__mutmut_2: no tests\n    a.x_g__mutmut_1: killed\n"
    )
    assert list(mutants._statuses(text)) == [
        ("a.x_f__mutmut_1", "survived"),
        ("a.x_f__mutmut_2", "no tests"),
        ("a.x_g__mutmut_1", "killed"),
    ]


@pytest.mark.parametrize(
    ("killed", "alive", "explained", "sound", "line"),
    [
        (100, [], [], True, ""),
        (100, ["a"], ["a"], True, ""),
        (92, "abcdefgh", "abcdefgh", True, ""),
        (91, "abcdefgh", "abcdefgh", False, "fewer than 92% killed"),
        (100, ["a"], [], False, "survivors without an explanation"),
        (100, [], ["a"], False, "explanations without a survivor"),
    ],
)
def test_a_module_is_sound_if_exactly_its_survivors_are_explained(
    mutants, capsys, killed, alive, explained, sound, line
):
    survivors = tuple(mutants.Change(MODULE, "f", name, "x") for name in alive)
    known = [mutants.Change(MODULE, "f", name, "x") for name in explained]
    elsewhere = mutants.Change("another.py", "f", "b", "x")
    assert mutants.judge(MODULE, mutants.Outcome(killed, survivors), [*known, elsewhere]) is sound
    printed = capsys.readouterr().out
    assert line in printed
    assert ("was: " in printed) is (not sound and killed == 100)


def test_every_explanation_has_a_target_and_a_reason(mutants, tmp_path):
    mutants.read_explanations(mutants.EXPLANATIONS)
    file = tmp_path / "mutants.yaml"
    for text, message in [
        ("other.py: []", "not a target: other.py"),
        (f"{MODULE}: [{{function: f, was: a, becomes: b, because: ' '}}]", "no reason"),
    ]:
        file.write_text(text, encoding="utf-8")
        with pytest.raises(SystemExit, match=message):
            mutants.read_explanations(file)


def test_every_target_and_its_tests_exist(mutants):
    for module, tests in mutants.TARGETS.items():
        assert (ROOT / module).is_file()
        assert all((ROOT / path).is_file() for path in tests)
