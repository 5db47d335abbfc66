"""The ten newest policies, with the facts of the service's recorded reply (evidenced) and texts made here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from standin.policy import Attachment, Policy
from standin.seed.brief import Brief
from standin.seed.documents import compose
from standin.seed.issuers import CITY
from standin.seed.vocabulary import domains, recorded_facts

TWELVE_SIGNERS = (
    "中共重庆市委组织部",
    "重庆市教育委员会",
    "重庆市科技局",
    "重庆市公安局",
    "重庆市财政局",
    "重庆市人力资源和社会保障局",
    "重庆市住房和城乡建设委员会",
    "重庆市卫生健康委员会",
    "重庆市市场监督管理局",
    "重庆市地方金融监督管理局",
    "重庆市知识产权局",
    "国家税务总局重庆市税务局",
)
"""The twelve departments that a title of the recorded reply mentions as a number."""

SALUTATION = "各区县(自治县)人民政府,市级有关部门,各有关单位:"


def recorded() -> Iterator[Policy]:
    """Yield the ten policies, newest first."""
    return (_policy(facts) for facts in recorded_facts())


def _policy(facts: Mapping[str, Any]) -> Policy:
    kind = facts["fileKey"].rpartition(".")[2]
    return Policy(
        id=int(facts["id"]),
        title=facts["title"],
        issue_number=facts["issueNumber"],
        level=facts["level"],
        type=facts["type"],
        text=compose(_brief(facts)),
        attachment=Attachment(
            int(facts["fileId"]), facts["fileName"], facts["fileKey"], kind, facts["fileSize"]
        ),
        priority=0,
        publish_time=facts["publishTime"],
    )


def _brief(facts: Mapping[str, Any]) -> Brief:
    return Brief(
        title=facts["title"],
        number=facts["issueNumber"],
        form=facts["form"],
        domain=domains()[facts["domain"]],
        level=CITY,
        signers=_signers(facts["title"]),
        salutation=SALUTATION,
        region="本市",
        dated=_dated(facts["issueNumber"], facts["publishTime"]),
        plan=facts["plan"],
        chars=facts["textChars"],
        rows=facts["rows"],
    )


def _signers(title: str) -> tuple[str, ...]:
    issuer = re.sub(r"\s", "", title).partition("关于")[0]
    return TWELVE_SIGNERS if issuer.endswith("等12个部门") else (issuer,)


def _dated(number: str, published: str) -> date:
    """Return the day of adoption if the number has one, else a day in its year before the publication."""
    adoption = re.search(r"(\d{4})年(\d{1,2})月(\d{1,2})日", number)
    if adoption:
        year, month, day = map(int, adoption.groups())
        return date(year, month, day)
    found = re.search(r"〔(\d{4})〕", number)
    assert found is not None
    latest = min(
        datetime.strptime(published[:10], "%Y-%m-%d").date() - timedelta(days=4), date(int(found[1]), 12, 28)
    )
    # Not before the first of January: the year of the signature is that of the number.
    room = min(60, (latest - date(latest.year, 1, 1)).days)
    # The same date at every start.
    return latest - timedelta(days=Random(number).randrange(room))  # noqa: S311
