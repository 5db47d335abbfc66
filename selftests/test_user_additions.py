"""Additions of a user to the project change no verdict of the selftests that look at the user's files."""

from __future__ import annotations

from pathlib import Path

from selftests.user_additions import copy_with_additions, run_selftests

LOOK_AT_USER_FILES = (
    "selftests/cli/test_manual.py",
    "selftests/testcases",
    "selftests/docs/test_words.py",
    "selftests/docs/test_examples.py::test_the_first_case_of_a_readme_passes[README.md]",
    "selftests/standin/test_fault_survey.py::test_a_real_run_of_the_smoke_cases_leaves_no_reports[-0]",
    "selftests/base/test_languages.py::test_a_command_speaks_what_its_option_its_variable_or_the_project_says",
    "selftests/report/test_run_file.py::test_every_case_that_is_not_green_has_its_cause",
)
"""One of each kind. ``python -m selftests.user_additions`` runs all selftests there, in several minutes."""
TAKES_LONG = "selftests/testcases/test_tape_of_the_suite.py"


def test_a_users_cases_environments_markers_and_matchers_change_no_verdict(tmp_path: Path) -> None:
    copy = copy_with_additions(tmp_path / "repository")
    done = run_selftests(copy, "-q", "--tb=short", f"--ignore={TAKES_LONG}", *LOOK_AT_USER_FILES)
    assert done.returncode == 0, done.stdout[-5000:]
