"""Parses extracts: the names that a step gives to values of its reply."""

from __future__ import annotations

from dataclasses import dataclass

from framework.base.errors import did_you_mean
from framework.base.messages import tr
from framework.cases.case import Extract
from framework.cases.hook_names import HookNames
from framework.cases.parse_subjects import parse_subject
from framework.cases.reader import Reader, only_true
from framework.cases.variables import is_name
from framework.cases.yaml.nodes import KeyNode, Node, ScalarNode

EXTRACT_KEYS = ("path", "as", "distinct", "secret", "decode")
_CONVERSIONS = ("integer", "number", "text")


@dataclass(frozen=True, slots=True)
class ExtractParser:
    """Parses the ``extract`` of a step."""

    reader: Reader
    hooks: HookNames

    def extracts(self, node: Node | None) -> tuple[Extract, ...]:
        """Parse ``extract``: name to path, or to ``{path, as, distinct, secret, decode}``."""
        mapping = self.reader.mapping(node, "extract")
        if mapping is None:
            return ()
        return tuple(filter(None, (self._extract(key, value) for key, value in mapping.entries)))

    def _extract(self, key: KeyNode, value: Node) -> Extract | None:
        if not is_name(key.value):
            self.reader.problem(
                "bad-name",
                tr("{name} 不能作变量名", name=key.value),
                tr("以字母或汉字开头，只含字母、汉字、数字、- 和 _，且不是 request、now、today、uuid"),
                key.span,
            )
            return None
        if isinstance(value, ScalarNode):
            text = self.reader.text(value, tr("抽取的路径"))
            subject = parse_subject(text, value.span, self.reader) if text else None
            return Extract(key.value, subject, key.span) if subject else None
        mapping = self.reader.mapping(value, "extract", EXTRACT_KEYS)
        path = mapping.get("path") if mapping else None
        if mapping is None or path is None:
            if mapping is not None:
                self.reader.problem("no-path", tr("抽取 {name} 缺 path", name=key.value), "", value.span)
            return None
        subject = parse_subject(self.reader.text(path, "path"), path.span, self.reader)
        convert = self.reader.text(mapping.get("as"), "as") or None
        if convert is not None and convert not in _CONVERSIONS:
            self.reader.problem(
                "bad-as",
                tr("as 只能是 integer、number 或 text"),
                did_you_mean(convert, _CONVERSIONS),
                value.span,
            )
            return None
        distinct = mapping.get("distinct")
        flag = distinct is not None and only_true(KeyNode("distinct", value.span), distinct, self.reader)
        secret = self.reader.truth("secret", mapping.get("secret"))
        decode = self._decoders(mapping.get("decode"))
        if subject is None:
            return None
        return Extract(key.value, subject, key.span, convert, flag, secret, decode)  # type: ignore[arg-type]

    def _decoders(self, node: Node | None) -> tuple[str, ...]:
        if node is None:
            return ()
        items = (node,) if isinstance(node, ScalarNode) else self.reader.sequence(node, "decode")
        return tuple(filter(None, (self.hooks.read("decoders", item, "decode") for item in items)))
