"""Parses ``--var name=value``."""

from __future__ import annotations

from framework.base.errors import ConfigError, Problem
from framework.base.json_reader import NotJsonError, read_json
from framework.base.messages import tr
from framework.base.source import Source, Span
from framework.cases.case import Definition
from framework.cases.template import Constant
from framework.cases.variables import is_name


def parse_override(text: str) -> Definition:
    """Parse ``--var name=value``. A value that is valid JSON is read as JSON, any other as text.

    Raises:
        ConfigError: there is no name, or it is not a valid one.
    """
    name, sign, value = text.partition("=")
    if not sign or not is_name(name):
        raise ConfigError(Problem("bad-var", tr("--var {text} 读不懂", text=text), tr("写成 --var 名字=值")))
    if not value:
        how = tr("写成 --var {name}=值；要空的文本就写 --var '{name}=\"\"'", name=name)
        raise ConfigError(Problem("bad-var", tr("--var {text} 没有值", text=text), how))
    # The command line is the source, so a problem in the value is shown like one in a file.
    source = Source("--var", text)
    try:
        node = read_json(value)
    except NotJsonError as error:
        if error.at is not None and value[0] in "[{":
            what = tr("--var {name} 的值不能当作 JSON 读：{fault}", name=name, fault=error.fault)
            raise ConfigError(Problem("bad-var", what)) from None
        node = value
    return Definition(name, Constant(node, Span(source, 1, len(name) + 2, 1, len(text) + 1)), "--var")
