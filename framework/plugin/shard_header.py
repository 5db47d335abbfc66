"""Names the shard at the head of a run, and a reason not to have shards."""

from __future__ import annotations

import pytest

from framework.base.messages import tr
from framework.plugin.shards import shard_of_option
from framework.plugin.state import plan_of


def pytest_report_header(config: pytest.Config) -> list[str]:
    given = shard_of_option(config)
    if given is None:
        return []
    lines = [tr("分片 {number}/{shards}", number=given[0], shards=given[1])]
    environment = plan_of(config).environment
    if environment.login:
        lines.append(
            tr(
                "环境 {name} 要登录，每个分片各登录一次；服务若同时只认一次登录，分片会互相顶掉，就不要分片",
                name=environment.name,
            )
        )
    return lines
