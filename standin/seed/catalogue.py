"""Makes the policies that are not recorded: 180 visible ones, and hidden ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from standin.policy import OTHER_TENANT, Attachment, Policy
from standin.seed import brief as b
from standin.seed.brief import Brief
from standin.seed.documents import compose
from standin.seed.issuers import Issuer, city, district, nation
from standin.seed.moments import HIDDEN_NEWEST, Moment, moments
from standin.seed.vocabulary import Domain, domains

ADOPTIONS = (
    (date(2018, 11, 30), "五", "七"),
    (date(2019, 7, 31), "五", "十一"),
    (date(2019, 11, 29), "五", "十三"),
    (date(2020, 7, 30), "五", "十九"),
    (date(2020, 9, 29), "五", "二十一"),
    (date(2021, 5, 27), "五", "二十六"),
    (date(2021, 7, 29), "五", "二十七"),
    (date(2021, 11, 25), "五", "三十"),
    (date(2022, 3, 30), "五", "三十三"),
    (date(2022, 9, 28), "五", "三十七"),
)
"""Days of adoption of the regulations, with the term and the number of the standing committee's meeting."""

DISTRICT_FORMS = (b.PLAN, b.MEASURES, b.RULES, b.OPINION)
VISIBLE = 180


@dataclass(frozen=True)
class Draft:
    """The plan for a policy: its subject, its form and its issuer."""

    domain: Domain
    form: str
    issuer: Issuer


def others() -> Iterator[Policy]:
    """Yield the 180 visible policies, newest first, then the hidden ones."""
    rng = Random("policies")  # noqa: S311 - the same data at every start
    drafts = _drafts(rng)
    times = moments(rng)
    numbers = _IssueNumbers(rng)
    for rank in range(VISIBLE):
        yield _policy(drafts[rank], next(times), numbers, rng)
    yield from _hidden(drafts[VISIBLE:], numbers, rng)


def _drafts(rng: Random) -> list[Draft]:
    """Choose up to nine visible documents for each domain; the rest is for the hidden rows."""
    chosen: list[Draft] = []
    spare: list[Draft] = []
    # The domains without an opinion are those of recorded policies only.
    for index, domain in enumerate(d for d in domains().values() if d.names["opinion"]):
        own = list(_of_domain(domain, index))
        chosen += own[:9]
        spare += own[9:]
    rng.shuffle(chosen)
    return chosen[:VISIBLE] + spare[-30:]


def _of_domain(domain: Domain, index: int) -> Iterator[Draft]:
    for form in DISTRICT_FORMS:
        yield Draft(domain, form, city(domain))
    if domain.names["regulation"]:
        yield Draft(domain, b.REGULATION, city(domain))
    ministry = nation(domain)
    if ministry and domain.key in ("graduates", "loans", "transfer", "parks", "nev", "agri"):
        yield Draft(domain, b.OPINION, ministry)
    for place in range(8):
        yield Draft(domain, DISTRICT_FORMS[(index + place) % 4], district(index * 4 + place))


class _IssueNumbers:
    """Gives issue numbers, each only once, and small ones early in a year."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._used: set[str] = set()
        self._adoptions = iter(ADOPTIONS)

    def number(self, code: str, day: date) -> str:
        # About one document in two days.
        latest = 4 + day.timetuple().tm_yday // 2
        while True:
            number = f"{code}〔{day.year}〕{self._rng.randint(1, latest)}号"
            if number not in self._used:
                self._used.add(number)
                return number

    def adoption(self) -> tuple[date, str]:
        day, term, meeting = next(self._adoptions)
        return day, f"{b.written(day)}重庆市第{term}届人民代表大会常务委员会第{meeting}次会议通过"


def _policy(draft: Draft, moment: Moment, numbers: _IssueNumbers, rng: Random) -> Policy:
    brief = _brief(draft, moment, numbers, rng)
    kind = rng.choice(("doc", "docx"))
    stem = UUID(int=rng.getrandbits(128), version=4).hex
    folder = moment.published[:7].replace("-", "")
    size = rng.randint(25, 120) if rng.random() < 0.9 else rng.randint(121, 774)
    return Policy(
        id=moment.id,
        title=brief.title,
        issue_number=brief.number,
        level=draft.issuer.level,
        type=draft.domain.type,
        text=compose(brief),
        attachment=Attachment(moment.file_id, brief.title, f"{folder}/{stem}.{kind}", kind, size),
        priority=rng.choice((0, 0, 0, 1, 2, 5)),
        publish_time=moment.published,
    )


def _brief(draft: Draft, moment: Moment, numbers: _IssueNumbers, rng: Random) -> Brief:
    published = datetime.strptime(moment.published[:10], "%Y-%m-%d").date()
    dated = published - timedelta(days=rng.randint(4, 500))
    # A regulation has the sentence of its adoption instead of an issue number.
    if draft.form == b.REGULATION:
        dated, number = numbers.adoption()
    else:
        number = numbers.number(draft.issuer.code, dated)
    title, plan = _names(draft, dated.year)
    return Brief(
        title=title,
        number=number,
        form=draft.form,
        domain=draft.domain,
        level=draft.issuer.level,
        signers=(draft.issuer.name,),
        salutation=draft.issuer.salutation,
        region=draft.issuer.region,
        dated=dated,
        plan=plan,
        chars=_desired_length(draft.form, rng),
        rows=rng.choice((0, 0, 12, 30)) if draft.form == b.PLAN else 0,
    )


def _names(draft: Draft, year: int) -> tuple[str, str | None]:
    """Return the title, and the plan that it issues or None."""
    name = draft.domain.names[draft.form]
    if draft.form == b.REGULATION:
        return f"重庆市{name}", None
    if draft.form == b.OPINION:
        return f"{draft.issuer.name}关于{name}的{'指导' if draft.issuer.level == 3 else '实施'}意见", None
    years = f"({year}—{year + 4}年)" if draft.form == b.PLAN else ""
    plan = f"{draft.issuer.place}{name}{years}"
    return f"{draft.issuer.name}关于印发《{plan}》的通知", plan


def _desired_length(form: str, rng: Random) -> int:
    """Return the desired number of characters: most texts are short, a few are very long."""
    # The square makes short texts frequent.
    most = {b.REGULATION: 16_000, b.RULES: 9_000}.get(form, 12_000)
    return round(4_000 + (most - 4_000) * rng.random() ** 2)


def _hidden(drafts: list[Draft], numbers: _IssueNumbers, rng: Random) -> Iterator[Policy]:
    """Yield rows that must never be visible, spread over the newest pages.

    They are drafts, deleted policies and policies of another tenant.
    """
    times = moments(Random("hidden"), HIDDEN_NEWEST)  # noqa: S311 - the same data at every start
    for index, draft in enumerate(drafts):
        row = _policy(draft, next(times), numbers, rng)
        if index % 3 == 0:
            yield replace(row, draft=True)
        elif index % 3 == 1:
            yield replace(row, deleted=True)
        else:
            yield replace(row, tenant=OTHER_TENANT)
