"""Checks the names of a team's functions where a case writes them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from framework.base.errors import did_you_mean
from framework.base.messages import tr
from framework.cases.case import HookKind, Hooks
from framework.cases.reader import Reader
from framework.cases.yaml.nodes import Node

BUILTIN_DECODERS = ("base64", "json", "url", "gzip", "jwt")


@dataclass(frozen=True, slots=True)
class HookNames:
    """Reads the names of functions in ``testcases/functions.py``, ``signers.py`` and ``decoders.py``."""

    reader: Reader
    hooks: Hooks

    def read(self, kind: HookKind, node: Node, key: str) -> str:
        """Return the name that *node* says; report one that no function has.

        Raises:
            ConfigError: the file of the functions cannot be imported.
        """
        name = self.reader.literal(node, key)
        known = {*self.hooks(kind), *(BUILTIN_DECODERS if kind == "decoders" else ())} if name else set()
        if name and name not in known:
            what = tr("没有叫 {name} 的函数", name=name)
            how = did_you_mean(name, known) or tr(
                "在 testcases/{kind}.py 里写 def {name}(…):", kind=kind, name=name
            )
            self.reader.problem("unknown-hook", what, how, node.span)
            return ""
        return name

    def check_arguments(self, kind: HookKind, name: str, names: Collection[str], node: Node) -> None:
        """Report arguments that the function does not take, or that it lacks."""
        why = self.hooks(kind)[name].refusal(names)
        if why:
            what = tr(
                "函数 {name} 不能用这些参数调用：{names}", name=name, names=tr("、").join(names) or "()"
            )
            self.reader.problem("hook-arguments", what, why, node.span)
