"""The context of an import: remarks about the old file, its variables and their references."""

from __future__ import annotations

import re
from collections.abc import Iterable
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
    """Collects what the parts of an import have to share.

    Attributes:
        remarks: parts of the old file that are not carried over.
        reviews: parts that are carried over, but that a person should look at.
        defined: variables that the old file gives a value.
        referenced: variables that the current case refers to, with the first place of each.
    """

    remarks: list[Problem] = field(default_factory=list)
    reviews: list[Problem] = field(default_factory=list)
    defined: set[str] = field(default_factory=set)
    referenced: dict[str, Node | KeyNode] = field(default_factory=dict)

    def remark(self, node: Node | KeyNode, what: str, how: str = "") -> None:
        """Add a remark that *what* is not carried over."""
        self.remarks.append(Problem("not-carried-over", tr("没有带过来:{what}", what=what), how, node.span))

    def review(self, node: Node | KeyNode, what: str, how: str = "") -> None:
        """Ask for a review; the same text is added only once, at its first place."""
        if not any(problem.what.endswith(what) for problem in self.reviews):
            self.reviews.append(Problem("look-at", tr("请看一眼:{what}", what=what), how, node.span))

    def value(self, node: Node) -> Json:
        """Return the plain value of *node*, with the references in its texts converted."""
        if isinstance(node, SequenceNode):
            return [self.value(item) for item in node.items]
        if isinstance(node, MappingNode):
            return {key.value: self.value(value) for key, value in node.entries}
        return self.text(node.value, node) if isinstance(node.value, str) else node.value

    def text(self, text: str, node: Node | KeyNode) -> str:
        """Return *text* with its references converted; *node* is its place."""
        return _REFERENCE.sub(lambda match: self._convert_reference(match, node), text)

    def _convert_reference(self, match: re.Match[str], node: Node | KeyNode) -> str:
        whole, inside = match.group(), match.group(1) if match.group(1) is not None else match.group(2)
        # HttpRunner writes $$ for a dollar sign; an unclosed ${ is text that our language must not read.
        if whole in ("$$", "${"):
            return "$" if whole == "$$" else "$${"
        if inside is None:
            # $name may be a price or a password, so it is a variable only if the file defines it.
            return self._our_reference(match.group(3), node) if match.group(3) in self.defined else whole
        if found := _ENVIRON.match(inside):
            # In cases a secret has the name of its environment variable in lower case.
            return self._our_reference(found.group(1).lower(), node)
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
        return self._our_reference(inside.strip(), node)

    def _our_reference(self, inside: str, node: Node | KeyNode) -> str:
        name = re.split(r"[.\[]", inside)[0]
        self.referenced.setdefault(name, node)
        return "${" + inside + "}"

    def define(self, names: Iterable[str]) -> None:
        """Note that the file defines variables called *names*."""
        self.defined.update(name for name in names if is_name(name))


def members(node: Node | None) -> dict[str, tuple[KeyNode, Node]]:
    """Return the members of a mapping, or of all mappings of a list; of another node there are none."""
    if isinstance(node, SequenceNode):
        return {name: pair for item in node.items for name, pair in members(item).items()}
    return {key.value: (key, value) for key, value in node.entries} if isinstance(node, MappingNode) else {}


def first_member(node: MappingNode, *names: str) -> Node | None:
    """Return the first of the members *names* that exists and is not null."""
    values = (node.get(name) for name in names)
    return next((value for value in values if value is not None and to_plain(value) is not None), None)


def text_of(node: Node | None) -> str:
    """Return a text or a number as text; of another node the text is empty."""
    value = node.value if isinstance(node, ScalarNode) else None
    return "" if value is None or isinstance(value, bool) else str(value).strip()
