"""The context of an import: remarks about the old file, its variables and the fate of each value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from framework.base.errors import Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.variables import is_name
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode, SequenceNode, to_plain
from framework.legacy.old_yaml import walk_scalars
from framework.legacy.references import Piece, split_references


@dataclass
class ImportContext:
    """Collects the facts that the parts of an import share.

    Attributes:
        remarks: parts of the old file that are not carried over.
        reviews: parts that are carried over, but that a person should look at.
        known: variables that the environments define.
        tagged: the text of each scalar that has a tag, by the identity of its node.
        defined: variables that the old file gives a value.
        referenced: variables that the current case refers to, with the first place of each.
        missing: variables made for references that only the old harness understands; a remark names each.
        renames: new names of variables, for the current case or step.
        incomplete: parts of the current case's requests without which it would send something else.
        written: for a scalar, by identity, the values that were written for it; empty if only its meaning was
            carried over.
        covered: the scalars that a remark is about, by identity.
        values: the value of an entry, by the identity of its key.
        hints: how to write an entry that has no place, by the identity of its key.
    """

    remarks: list[Problem] = field(default_factory=list)
    reviews: list[Problem] = field(default_factory=list)
    known: frozenset[str] = frozenset()
    tagged: dict[int, str] = field(default_factory=dict)
    defined: set[str] = field(default_factory=set)
    referenced: dict[str, Node | KeyNode] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    renames: dict[str, str] = field(default_factory=dict)
    incomplete: list[str] = field(default_factory=list)
    written: dict[int, list[Json]] = field(default_factory=dict)
    covered: set[int] = field(default_factory=set)
    values: dict[int, Node] = field(default_factory=dict)
    hints: dict[int, str] = field(default_factory=dict)

    def remark(self, node: Node | KeyNode, what: str, how: str = "") -> None:
        """Add a remark that the part called *what* is not carried over; it covers all scalars of *node*."""
        value = self.values.get(id(node)) if isinstance(node, KeyNode) else node
        self.add_remark(node, value, tr("没有带过来：{what}", what=what), how)
        if value is not None:
            self.covered.update(map(id, walk_scalars(value)))

    def add_remark(self, place: Node | KeyNode, value: Node | None, text: str, how: str) -> None:
        """Add a remark from *place* to the last line of *value*."""
        span = place.span
        # The span of a block ends where the next block begins, so the last scalar decides.
        last = max((scalar.span.end_line for scalar in walk_scalars(value)), default=0) if value else 0
        if last > span.line:
            span = replace(span, end_line=last, end_column=len(span.source.lines[last - 1]) + 1)
        elif span.end_line > span.line:
            span = replace(span, end_line=span.line, end_column=len(span.source.lines[span.line - 1]) + 1)
        self.remarks.append(Problem("not-carried-over", text, how, span))

    def review(self, node: Node | KeyNode, what: str, how: str = "") -> None:
        """Ask for a review; the same text is added only once, at its first place."""
        if not any(problem.what.endswith(what) for problem in self.reviews):
            self.reviews.append(Problem("look-at", tr("请看一眼：{what}", what=what), how, node.span))

    def wrote(self, node: Node | None, *values: Json) -> None:
        """Note that *node* was carried over as *values*; without values, that its meaning was."""
        if node is not None:
            for scalar in walk_scalars(node):
                self.written.setdefault(id(scalar), []).extend(values)

    def value(self, node: Node) -> Json:
        """Return the plain value of *node*, with the references in its texts converted."""
        if isinstance(node, SequenceNode):
            return [self.value(item) for item in node.items]
        if isinstance(node, MappingNode):
            return {self.key(key): self.value(value) for key, value in node.entries}
        if isinstance(node.value, str):
            return self.text(node.value, node)
        self.wrote(node, node.value)
        return node.value

    def scalar_text(self, node: ScalarNode | None) -> str:
        """Return the text of a scalar, as it is, and note that it is carried over."""
        text = text_of(node)
        if text:
            self.wrote(node, text)
        return text

    def text(self, text: str, node: Node | KeyNode) -> str:
        """Return *text* with its references converted; *node* is its place."""
        tagged = self.tagged.get(id(node))
        if tagged is not None:
            return self._missing_reference(tagged, "included", node)
        converted = ""
        for piece in split_references(text):
            added = self._convert_piece(piece, node)
            if added.startswith("${") and converted.endswith("$"):
                # ``$${`` would be the escaped brace.
                self.remark(node, tr("{text} 里 $ 后面的引用", text=text), tr("在 $ 与引用之间加别的字"))
                added = " " + added
            elif added.startswith("{") and converted.endswith("$"):
                # ``$`` and ``{`` side by side would become a reference.
                added = "$" + added
            converted += added
        if isinstance(node, ScalarNode):
            self.wrote(node, converted)
        return converted

    def key(self, key: KeyNode) -> str:
        """Return the text of a key, with its references converted."""
        return self.text(key.value, key)

    def _convert_piece(self, piece: Piece, node: Node | KeyNode) -> str:
        if piece.kind == "text":
            return piece.text
        # HttpRunner writes $$ for a dollar sign; an unclosed ${ is text that our language must not read.
        if piece.kind in ("dollar", "open"):
            return "$" if piece.kind == "dollar" else "$${"
        if piece.kind == "call":
            how = tr("用例里不执行代码；{name} 的值写进 variables 或环境变量", name=piece.inside)
            self.remark(node, tr("函数调用 {call}", call=piece.text), how)
            return self._missing_reference(piece.text, piece.inside, node, is_named=True)
        name = re.split(r"[.\[]", piece.inside)[0]
        if piece.kind == "unknown" or not is_name(name):
            return self._missing_reference(piece.text, piece.inside, node)
        # $name may also be a price or a password, so it is named unless something defines it.
        if piece.kind == "name" and name not in self.defined | self.known:
            self.remark(
                node,
                tr("变量 {name} 没有值，用例会按名字跳过", name=piece.text),
                tr(
                    "写进 variables 或 environments.yaml，再删去 requires；本来就是文字，改回 {text}",
                    text=piece.text,
                ),
            )
            self.missing.setdefault(piece.text, name)
        return self._our_reference(piece.inside, node)

    def _our_reference(self, inside: str, node: Node | KeyNode) -> str:
        name = re.split(r"[.\[]", inside)[0]
        renamed = self.renames.get(name, name)
        self.referenced.setdefault(renamed, node)
        return "${" + renamed + inside[len(name) :] + "}"

    def _missing_reference(
        self, whole: str, wanted: str, node: Node | KeyNode, *, is_named: bool = False
    ) -> str:
        """Return a reference to a variable without a value, so that the case is skipped until it has one."""
        if not is_named:
            self.remark(node, tr("读不懂的引用 {text}", text=whole), tr("写成 ${名字}"))
        if whole not in self.missing:
            taken = self.defined | self.known | set(self.missing.values())
            self.missing[whole] = unused_name(wanted, taken)
        name = self.missing[whole]
        self.referenced.setdefault(name, node)
        return "${" + name + "}"

    def define(self, names: Iterable[str]) -> None:
        """Note that the file defines variables called *names*."""
        self.defined.update(name for name in names if is_name(name))


def unused_name(wanted: str, taken: Iterable[str]) -> str:
    """Return a name for a variable, made of *wanted*, that is not among *taken*."""
    taken = set(taken)
    base = wanted if is_name(wanted) else f"old_{wanted}"
    base = base if is_name(base) else "old_value"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    return name


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
