"""What is common to all parts of an import: what has been said about the old file, and the texts with
variables in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from framework.base.errors import Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.variables import is_name
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode, SequenceNode, to_plain

_REFERENCE = re.compile(r"\$\{([^}]*)\}|\{\{\s*([^{}]*?)\s*\}\}|\$\$|\$\{|\$([A-Za-z_]\w*)")
_ENVIRON = re.compile(r"\s*ENV\(\s*['\"]?(\w+)['\"]?\s*\)\s*\Z")
_CALL = re.compile(r"\s*([\w.]+)\s*\(.*\)\s*\Z", re.DOTALL)
_OURS = re.compile(r"[^\W\d][\w-]*(?:\.[\w-]+|\[\d+\])*\Z")


@dataclass
class ImportContext:
    """``refused``: what is not carried over; ``remarks``: what is, and deserves a look. ``names``: variables
    the file gives a value; ``wanted``: variables the case at hand refers to, with the place.
    """

    remarks: list[Problem] = field(default_factory=list)
    reviews: list[Problem] = field(default_factory=list)
    defined: set[str] = field(default_factory=set)
    referenced: dict[str, Node | KeyNode] = field(default_factory=dict)

    def remark(self, node: Node | KeyNode, what: str, how: str = "") -> None:
        self.remarks.append(Problem("not-carried-over", tr("没有带过来:{what}", what=what), how, node.span))

    def review(self, node: Node | KeyNode, what: str, how: str = "") -> None:
        """Say *what* once, where it is met first."""
        if not any(problem.what.endswith(what) for problem in self.reviews):
            self.reviews.append(Problem("look-at", tr("请看一眼:{what}", what=what), how, node.span))

    def value(self, node: Node) -> Json:
        """Return the plain value of *node*, with the variables in its texts written our way."""
        if isinstance(node, SequenceNode):
            return [self.value(item) for item in node.items]
        if isinstance(node, MappingNode):
            return {key.value: self.value(value) for key, value in node.entries}
        return self.text(node.value, node) if isinstance(node.value, str) else node.value

    def text(self, text: str, node: Node | KeyNode) -> str:
        return _REFERENCE.sub(lambda match: self._reference(match, node), text)

    def _reference(self, match: re.Match[str], node: Node | KeyNode) -> str:
        whole, inside = match.group(), match.group(1) if match.group(1) is not None else match.group(2)
        if whole in ("$$", "${"):
            return "$" if whole == "$$" else "$${"
        if (
            inside is None
        ):  # $name is a variable only where the file has one of that name: it may be a price or a password
            return self._named(match.group(3), node) if match.group(3) in self.defined else whole
        if found := _ENVIRON.match(inside):  # a secret, by the name that cases have for it
            return self._named(found.group(1).lower(), node)
        if call := _CALL.match(inside):
            self.remark(
                node,
                tr("函数调用 {call}", call=whole),
                tr("用例里不执行代码;{name} 的值写进 variables 或环境变量", name=call.group(1)),
            )
            return whole.replace("${", "$${")
        if not _OURS.match(inside.strip()):
            self.remark(node, tr("读不懂的引用 {text}", text=whole), tr("写成 ${{名字}}", x=""))
            return whole.replace("${", "$${")
        return self._named(inside.strip(), node)

    def _named(self, inside: str, node: Node | KeyNode) -> str:
        name = re.split(r"[.\[]", inside)[0]
        self.referenced.setdefault(name, node)
        return "${" + inside + "}"

    def define(self, names: Iterable[str]) -> None:
        self.defined.update(name for name in names if is_name(name))


Entries = Mapping[str, tuple[KeyNode, Node]]


def members(node: Node | None) -> Entries:
    """Return the members of a mapping, or of a list of mappings as one; nothing of anything else."""
    if isinstance(node, SequenceNode):
        return {name: pair for item in node.items for name, pair in members(item).items()}
    return {key.value: (key, value) for key, value in node.entries} if isinstance(node, MappingNode) else {}


def first_member(node: MappingNode, *names: str) -> Node | None:
    """Return the member that goes by one of several names."""
    return next(
        (found for name in names if (found := node.get(name)) is not None and to_plain(found) is not None),
        None,
    )


def text_of(node: Node | None) -> str:
    """Return a text or number as text."""
    value = node.value if isinstance(node, ScalarNode) else None
    return "" if value is None or isinstance(value, bool) else str(value).strip()
