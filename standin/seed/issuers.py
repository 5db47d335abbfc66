"""The issuers of policies: their names, their issue codes, and their words for the place of a policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from standin.seed.vocabulary import Domain

CITY, DISTRICT, NATION = 1, 2, 3

DISTRICTS = (
    "万州区",
    "涪陵区",
    "渝中区",
    "大渡口区",
    "江北区",
    "沙坪坝区",
    "九龙坡区",
    "南岸区",
    "北碚区",
    "渝北区",
    "巴南区",
    "长寿区",
    "江津区",
    "合川区",
    "永川区",
    "南川区",
    "綦江区",
    "大足区",
    "璧山区",
    "铜梁区",
    "潼南区",
    "荣昌区",
    "开州区",
    "梁平区",
    "武隆区",
)

CITY_DEPARTMENTS = {
    "hr": ("重庆市人力资源和社会保障局", "渝人社发"),
    "agri": ("重庆市农业农村委员会", "渝农发"),
    "finance": ("重庆市财政局", "渝财规"),
    "science": ("重庆市科学技术局", "渝科局发"),
    "education": ("重庆市教育委员会", "渝教发"),
    "industry": ("重庆市经济和信息化委员会", "渝经信发"),
    "bigdata": ("重庆市大数据应用发展管理局", "渝数局发"),
    "culture": ("重庆市文化和旅游发展委员会", "渝文旅发"),
    "finreg": ("重庆市地方金融监督管理局", "渝金发"),
    "ip": ("重庆市知识产权局", "渝知发"),
    "youth": ("共青团重庆市委员会", "渝青发"),
    "reform": ("重庆市发展和改革委员会", "渝发改规范"),
}

NATIONAL_DEPARTMENTS = {
    "hr": ("人力资源社会保障部", "人社部发"),
    "agri": ("农业农村部", "农发"),
    "finance": ("财政部", "财金"),
    "science": ("科学技术部", "国科发"),
    "education": ("教育部", "教就业"),
    "industry": ("工业和信息化部", "工信部发"),
}

# Documents of each level are addressed to the level below.
SALUTATIONS: Mapping[int, str] = {
    CITY: "各区县(自治县)有关主管部门,各有关单位:",
    DISTRICT: "各街道办事处、镇人民政府,区政府各部门,有关单位:",
    NATION: "各省、自治区、直辖市及新疆生产建设兵团有关主管部门:",
}


@dataclass(frozen=True)
class Issuer:
    """One issuing authority.

    Names of its documents begin with ``place``; its texts call the place ``region``."""

    name: str
    code: str
    level: int
    place: str
    region: str

    @property
    def salutation(self) -> str:
        return SALUTATIONS[self.level]


def city(domain: Domain) -> Issuer:
    """Return the municipal department in charge of a domain."""
    name, code = CITY_DEPARTMENTS[domain.dept]
    return Issuer(name, code, CITY, "重庆市", "本市")


def district(index: int) -> Issuer:
    """Return the government office of a district; the index wraps around."""
    name = DISTRICTS[index % len(DISTRICTS)]
    return Issuer(f"重庆市{name}人民政府办公室", f"{name.removesuffix('区')}府办发", DISTRICT, name, "本区")


def nation(domain: Domain) -> Issuer | None:
    """Return the ministry in charge of a domain, or None."""
    if domain.dept not in NATIONAL_DEPARTMENTS:
        return None
    name, code = NATIONAL_DEPARTMENTS[domain.dept]
    return Issuer(name, code, NATION, "", "工作")
