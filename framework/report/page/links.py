"""The addresses of the cases in Allure's report: reports/html/links.json, written beside it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from framework.report.allure_names import full_name

_RESULT = re.compile(r'"data/test-results/([0-9a-f]{32})\.json"\s*,\s*"([A-Za-z0-9+/=]+)"')
_REPORT = "html/index.html"
FILE = "links.json"


@dataclass(frozen=True, slots=True)
class ReportLinks:
    """``report``: the address of the whole report, empty if there is none of this run."""

    report: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def cases(self) -> Mapping[str, str]:
        return _Addresses(self.names)


class _Addresses(dict[str, str]):
    """Addresses by the id of a case, from Allure's ids by full name."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__()
        self._names = names

    def get(self, case_id: str, default: str = "") -> str:  # type: ignore[override]
        found = self._names.get(full_name(case_id))
        return f"{_REPORT}#{found}" if found else default


def links_in(page: str, runs: list[str]) -> str:
    """Return the text of links.json for a built *page*. *runs*: texts among which the run's id is."""
    names: dict[str, str] = {}
    for found in _RESULT.finditer(page):
        try:
            result = json.loads(base64.b64decode(found[2]))
            if not result.get("hidden") and not result.get("isRetry"):
                names[result["fullName"]] = found[1]
        except (ValueError, KeyError, AttributeError):
            continue
    return json.dumps({"runs": runs, "cases": names}, ensure_ascii=False)


def read_links(reports: Path, run: str) -> ReportLinks:
    """Return the links of this run; none if the report is of another run, or cannot be read."""
    try:
        document = json.loads((reports / "html" / FILE).read_text(encoding="utf-8"))
        names = document["cases"]
        is_of_run = run in document["runs"] and (reports / _REPORT).is_file()
    except (OSError, ValueError, KeyError, TypeError):
        return ReportLinks()
    return ReportLinks(_REPORT, names) if is_of_run and isinstance(names, dict) else ReportLinks()
