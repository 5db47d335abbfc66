"""Renders the audit: lines for the terminal, a page in Markdown, data for JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from framework.audit.equivalent import EQUIVALENT
from framework.audit.faults import FaultKey
from framework.audit.score import BY_NAME, EXTENTS, SuiteAudit, severity
from framework.base.messages import tr
from framework.base.source import visible

SHOWN = 15
_EXTENTS = {"here": "一处", "everywhere": "处处"}


def percent(share: float) -> str:
    """Return the share, rounded down, so that a suite that misses one fault does not have 1.0000."""
    return f"{int(share * 10_000) / 10_000:.4f}"


def terminal_lines(suite: SuiteAudit) -> Iterator[str]:
    """Yield the lines for the terminal."""
    yield tr(
        "得分    {score}（{noticed}/{seen} 种差错有用例察觉；一处 {here}，处处 {everywhere}）",
        score=percent(suite.score()),
        noticed=len(suite.noticed),
        seen=len(suite.tried),
        here=percent(suite.score("here")),
        everywhere=percent(suite.score("everywhere")),
    )
    yield tr("对照    只写 contains: True 时 {score}", score=percent(suite.contains_true_score()))
    yield tr(
        "样本    {cases} 条用例，造了 {made} 个有差错的答复（共约 {possible} 个）",
        cases=suite.cases,
        made=suite.mutants,
        possible=suite.possible_mutants,
    )
    survivors = suite.survivors()
    for key in survivors[:SHOWN]:
        yield "  ✗ " + _fault_words(key)
        if key in suite.suggestions:
            yield "      " + visible(suite.suggestions[key][2])
    if len(survivors) > SHOWN:
        yield "  " + tr("… 另有 {n} 种没有察觉，见 reports/audit.md", n=len(survivors) - SHOWN)
    if suite.idle:
        yield tr(
            "闲置    {n} 条检查从未因任何差错而不符，见 reports/audit.md",
            n=sum(map(len, suite.idle.values())),
        )
    if suite.not_audited:
        yield tr("未审    {n} 条用例，见 reports/audit.md", n=len(suite.not_audited))


def _fault_words(key: FaultKey) -> str:
    endpoint, place, mutation, extent = key
    return visible(
        tr(
            "{place} {words}（{extent}；{endpoint}）",
            place=place,
            words=tr(BY_NAME[mutation].words),
            extent=tr(_EXTENTS[extent]),
            endpoint=endpoint,
        )
    )


def page(suite: SuiteAudit) -> str:
    """Return the page in Markdown."""
    return (
        "\n".join(
            [
                *_score_table(suite),
                *_survivors(suite),
                *_place_tables(suite),
                *_idle_checks(suite),
                *_not_audited(suite),
                *_equivalent_mutants(),
            ]
        )
        + "\n"
    )


def _score_table(suite: SuiteAudit) -> Iterator[str]:
    yield f"# {tr('断言审计')}\n"
    yield f"| {tr('项')} | {tr('值')} |\n|---|---|"
    yield f"| {tr('得分')} | **{percent(suite.score())}** ({len(suite.noticed)}/{len(suite.tried)}) |"
    for extent in EXTENTS:
        yield f"| {tr(_EXTENTS[extent])} | {percent(suite.score(extent))} |"
    yield f"| {tr('只写 contains: True')} | {percent(suite.contains_true_score())} |"
    sample = tr(
        "{cases} 条用例，{made} 个有差错的答复，共约 {possible} 个",
        cases=suite.cases,
        made=suite.mutants,
        possible=suite.possible_mutants,
    )
    yield f"| {tr('样本')} | {sample} |\n"


def _survivors(suite: SuiteAudit) -> Iterator[str]:
    survivors = suite.survivors()
    yield f"## {tr('没有任何用例察觉的')} ({len(survivors)})\n"
    if not survivors:
        return
    yield (
        f"| {tr('轻重')} | {tr('位置')} | {tr('差错')} | {tr('范围')} | {tr('接口')} | "
        f"{tr('写上这一行就能察觉')} |\n|---|---|---|---|---|---|"
    )
    for key in survivors:
        line = suite.suggestions.get(key)
        cells = (
            str(severity(key)),
            _code(key[1]),
            tr(BY_NAME[key[2]].words),
            tr(_EXTENTS[key[3]]),
            _cell(key[0]),
            _code(line[2]) if line else "",
        )
        yield "| " + " | ".join(cells) + " |"
    yield ""


def _place_tables(suite: SuiteAudit) -> Iterator[str]:
    yield f"## {tr('位置与差错：有几条用例察觉')}\n"
    for endpoint in sorted({key[0] for key in suite.tried}):
        yield f"### {_cell(endpoint)}\n"
        yield f"| {tr('位置')} | {tr('察觉了的（用例数）')} | {tr('没有察觉的')} |\n|---|---|---|"
        places: dict[str, list[FaultKey]] = {}
        for key in sorted(suite.tried):
            if key[0] == endpoint:
                places.setdefault(key[1], []).append(key)
        for place, keys in places.items():
            found = tr("、").join(
                f"{_mutation_words(key)} {len(suite.noticed[key])}" for key in keys if key in suite.noticed
            )
            lost = tr("、").join(_mutation_words(key) for key in keys if key not in suite.noticed)
            yield f"| {_code(place)} | {found} | {lost} |"
        yield ""


def _mutation_words(key: FaultKey) -> str:
    return tr(BY_NAME[key[2]].words) + (tr("（处处）") if key[3] == "everywhere" else "")


def _idle_checks(suite: SuiteAudit) -> Iterator[str]:
    yield f"## {tr('从未决定过什么的检查')}\n"
    for case, checks in sorted(suite.idle.items()):
        yield f"- {_code(case)}"
        yield from (f"  - {_cell(visible(title))} ({_code(place)})" for title, place in checks)
    yield ""


def _not_audited(suite: SuiteAudit) -> Iterator[str]:
    if suite.not_audited:
        yield f"## {tr('没有审计的用例')}\n"
        yield from (f"- {_code(case)}: {_cell(reason)}" for case, reason in sorted(suite.not_audited.items()))
        yield ""


def _equivalent_mutants() -> Iterator[str]:
    yield f"## {tr('不可能察觉的，不计')}\n"
    yield from (f"- {_code(one.name)}: {_cell(tr(one.reason))}" for one in EQUIVALENT)


def _cell(text: str) -> str:
    return visible(text).replace("|", "\\|").replace("<", "&lt;")


def _code(text: str) -> str:
    """Format as code, so that text of a reply is never read as markup."""
    return "`" + visible(text).replace("`", "'").replace("|", "\\|").replace("\n", " ") + "`"


def json_data(suite: SuiteAudit) -> dict[str, Any]:
    """Return the audit as plain data for audit.json."""
    survivors = suite.survivors()
    faults = [
        {
            "endpoint": key[0],
            "place": key[1],
            "mutation": key[2],
            "extent": key[3],
            "severity": severity(key),
            "seen_by": len(suite.tried[key]),
            "noticed_by": sorted(suite.noticed.get(key, ())),
            **(
                {"yaml": suite.suggestions[key][2]}
                if key in suite.suggestions and key not in suite.noticed
                else {}
            ),
        }
        for key in [*survivors, *sorted(suite.noticed)]
    ]
    return {
        "score": suite.score(),
        **{extent: suite.score(extent) for extent in EXTENTS},
        "contains_true": suite.contains_true_score(),
        "cases": suite.cases,
        "made": suite.mutants,
        "possible": suite.possible_mutants,
        "survivors": len(survivors),
        "faults": faults,
        "by_mutation": dict(Counter(key[2] for key in survivors)),
        "idle": {
            case: [{"check": title, "place": place} for title, place in checks]
            for case, checks in sorted(suite.idle.items())
        },
        "not_audited": dict(sorted(suite.not_audited.items())),
    }
