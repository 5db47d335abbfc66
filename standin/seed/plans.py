"""Lays out documents with numbered sections: plans, measures and opinions."""

from __future__ import annotations

from random import Random

from standin.seed.brief import Brief
from standin.seed.layout import (
    BREAK,
    Gap,
    Item,
    bracketed,
    headings,
    masthead,
    pick_themes,
    signature,
    transmittal,
)
from standin.seed.numerals import chinese
from standin.seed.prose import Prose
from standin.seed.vocabulary import Theme, phrases, themes

DEPARTMENTS = {
    1: (
        "市发展改革委",
        "市财政局",
        "市科技局",
        "市人力社保局",
        "市经济信息委",
        "市教委",
        "市农业农村委",
        "市商务委",
    ),
    2: (
        "区发展改革委",
        "区财政局",
        "区科技局",
        "区人力社保局",
        "区经济信息委",
        "区教委",
        "区农业农村委",
        "区商务委",
    ),
    3: (
        "发展改革部门",
        "财政部门",
        "科技部门",
        "人力资源社会保障部门",
        "教育部门",
        "农业农村部门",
        "商务部门",
        "市场监管部门",
    ),
}
# Average lengths, from which the numbers of tasks and rows are computed.
CHARS_PER_TASK = 230
CHARS_PER_ROW = 62


def plan(brief: Brief, prose: Prose, rng: Random) -> list[Item]:
    """Return a notice with a plan: 一、总体要求 二、重点任务 三、保障措施, and perhaps a table of tasks."""
    body = brief.chars - 1100 - brief.rows * CHARS_PER_ROW
    tasks, count = _plan_size(body, per_section=4)
    chosen = pick_themes(rng, count)
    return [
        *transmittal(brief, rng),
        _purpose(brief, prose),
        "一、总体要求",
        *_requirements(brief, prose, rng, chosen[0]),
        "二、重点任务",
        f"围绕上述目标,重点实施以下{chinese(count)}项任务。",
        *_tasks(chosen, _split_evenly(tasks, count)),
        "三、保障措施",
        *_safeguards(prose),
        *(_annex(brief, prose, rng, chosen) if brief.rows else ()),
    ]


def measures(brief: Brief, prose: Prose, rng: Random) -> list[Item]:
    """Return a notice with measures: 一、二、三、, each with its own (一)(二)."""
    tasks, count = _plan_size(brief.chars - 500, per_section=3)
    items = [*transmittal(brief, rng), _purpose(brief, prose)]
    chosen = pick_themes(rng, count)
    names = headings(theme.heading for theme in chosen)
    for name, theme, share in zip(names, chosen, _split_evenly(tasks, count), strict=True):
        items += [name, *_task_gaps(theme, share, start=1)]
    return [*items, "本措施自印发之日起施行。"]


def opinion(brief: Brief, prose: Prose, rng: Random) -> list[Item]:
    """Return an opinion: (一)(二) continue through 一、二、三、, and the signature is at the end."""
    tasks, count = _plan_size(brief.chars - 400, per_section=3)
    items = [
        *masthead(brief),
        prose.phrase(
            f"为深入贯彻落实党中央、国务院决策部署,更好促进{{K}}发展,结合{brief.region}实际,现提出如下意见。"
        ),
    ]
    chosen = pick_themes(rng, count)
    start = 1
    for name, theme, share in zip(
        headings(t.heading for t in chosen), chosen, _split_evenly(tasks, count), strict=True
    ):
        items += [name, *_task_gaps(theme, share, start)]
        start += share
    close = "各有关单位要结合职责抓好本意见的贯彻落实,工作推进中的重要情况及时报告。"
    return [*items, close, BREAK, *signature(brief)]


def _plan_size(body: int, per_section: int) -> tuple[int, int]:
    """Return the number of tasks and of sections for a body of this length.

    A section has at most as many tasks as its theme has titles.
    """
    tasks = max(4, body // CHARS_PER_TASK)
    count = min(len(themes()), max(2, round(tasks / per_section)))
    return min(tasks, count * len(themes()[0].leaves)), count


def _purpose(brief: Brief, prose: Prose) -> str:
    kind = {"plan": "方案" if "方案" in brief.plan_name else "计划", "measures": "措施"}[brief.form]
    aim = prose.phrase("为深入贯彻落实国家有关决策部署,加快推动{K}发展,完善{S}工作机制")
    return f"{aim},结合{brief.region}实际,制定本{kind}。"


def _requirements(brief: Brief, prose: Prose, rng: Random, theme: Theme) -> list[Item]:
    goals = [prose.goal() for _ in range(3)]
    principles = "、".join(rng.sample(phrases().principles, 4))
    return [
        Gap("(一)工作思路。", theme),
        f"(二)基本原则。{principles},做到目标明确、措施可行、责任到位。",
        f"(三)主要目标。到{_horizon(brief)}年,实现以下三项目标:",
        *(f"{i}.{goal}{'。' if i == 3 else ';'}" for i, goal in enumerate(goals, 1)),
    ]


def _horizon(brief: Brief) -> int:
    years = brief.plan_parts[1]
    return int(years[6:10]) if years else brief.dated.year + 3


def _tasks(chosen: list[Theme], shares: list[int]) -> list[Item]:
    items: list[Item] = []
    for number, (theme, share) in enumerate(zip(chosen, shares, strict=True), 1):
        items.append(bracketed(number) + theme.heading)
        items += [Gap(f"{i}.{_task_title(theme, i)}", theme) for i in range(1, share + 1)]
    return items


def _task_gaps(theme: Theme, share: int, start: int) -> list[Item]:
    return [Gap(bracketed(start + i) + _task_title(theme, i + 1), theme) for i in range(share)]


def _task_title(theme: Theme, number: int) -> str:
    return f"{theme.leaves[number - 1]}。"


def _split_evenly(total: int, parts: int) -> list[int]:
    return [total // parts + (i < total % parts) for i in range(parts)]


def _safeguards(prose: Prose) -> list[Item]:
    return [
        f"{bracketed(i)}{heading}。{prose.phrase(body)}。"
        for i, (heading, body) in enumerate(phrases().safeguards, 1)
    ]


def _annex(brief: Brief, prose: Prose, rng: Random, chosen: list[Theme]) -> list[Item]:
    """Return the tables of tasks: one for each section of the body, under the heading of the section."""
    departments = DEPARTMENTS[brief.level]
    items: list[Item] = [BREAK, "附件", "重点任务分工表", BREAK]
    row = 0
    for number, (theme, share) in enumerate(
        zip(chosen, _split_evenly(brief.rows, len(chosen)), strict=True), 1
    ):
        items += [bracketed(number) + theme.heading, "序号\t工作任务\t牵头单位\t完成时限"]
        for _ in range(share):
            row += 1
            due = f"{_horizon(brief) - rng.randrange(2)}年{rng.choice((6, 9, 12))}月"
            items.append(f"{row}\t{prose.task(theme)}\t{rng.choice(departments)}\t{due}")
    return items
