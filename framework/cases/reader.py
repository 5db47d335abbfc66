"""Reads nodes of an expected kind; an unexpected key or kind becomes a located problem."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from framework.base.cutting import masked
from framework.base.errors import CaseFileError, Problem, did_you_mean
from framework.base.messages import tr
from framework.base.source import Span, visible
from framework.cases.problem_limits import MAX_COLLECTED, limit_problems
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node, ScalarNode, SequenceNode

_NOT_LISTS = {
    "validate": "旧写法 - eq: [status_code, 200] 写成 status_code: 200；别的比较写成 $.路径: {less_than: 数}",
    "extract": "写成 名字: $.路径，不以 - 开头",
    "文件": "以 suite: 名字 开头，用例列在 cases: 下面；旧写法的一列用例要移到 cases: 下面并各加 id；"
    "是数据文件就在文件名前加 _",
}
"""Mappings that people write as lists, because other harnesses do, and how they are written here."""

_ELSEWHERE = {
    "setup_hooks": "先发的请求写在 setup 里",
    "teardown_hooks": "收尾的请求写在 teardown 里",
    "until": "写在步骤的 wait_for 里：wait_for: {until: {$.data.state: DONE}, timeout: 30, interval: 1}",
}
"""Keys that people know from other harnesses, and how the same thing is written here."""

_MAX_SUGGESTIONS = 50
_MAX_SUGGESTION_WORD = 100
_MAX_WHAT = 500
_SHOWN_PART = 200


class Reader:
    """Reads the nodes of one file and collects its problems.

    Each reading method returns an empty value if there is no node. If the node is of the wrong kind, it
    reports that and returns an empty value too, so callers need no error handling.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._reported: set[Problem] = set()
        # Names that a refused block would have defined: that they are unknown is only a consequence.
        self.refused_names: set[str] = set()

    @property
    def full(self) -> bool:
        """Whether there are so many problems that the reading has ended."""
        return len(self.problems) >= MAX_COLLECTED

    def report(self, problem: Problem) -> None:
        """Add a problem, unless it was reported before.

        Raises:
            CaseFileError: there are MAX_COLLECTED problems.
        """
        if len(problem.what) > _MAX_WHAT:
            what = masked(problem.what)
            shortened = f"{what[:_SHOWN_PART]}…{what[-_SHOWN_PART:]}"
            problem = replace(problem, what=shortened)
        # Shared nodes are read again for each case that they apply to.
        if problem in self._reported:
            return
        self._reported.add(problem)
        problem = replace(problem, what=visible(problem.what), how=visible(problem.how))
        self.problems.append(problem)
        if self.full:
            raise CaseFileError(*limit_problems(self.problems, stopped=True))

    def suggest(self, word: str, known: Iterable[str]) -> str:
        """Return ``你是不是要写 x?``, or an empty text if no known word is similar.

        The comparison is costly, so only the first problems get a suggestion.
        """
        if len(self.problems) >= _MAX_SUGGESTIONS or len(word) > _MAX_SUGGESTION_WORD:
            return ""
        return did_you_mean(word, (name for name in known if len(name) <= _MAX_SUGGESTION_WORD))

    def problem(self, code: str, what: str, how: str, span: Span) -> None:
        self.report(Problem(code, what, how, span))

    def mapping(
        self, node: Node | None, what: str, allowed: Iterable[str] | None = None
    ) -> MappingNode | None:
        """Return *node* if it is a mapping; report other kinds, and keys that are not *allowed*."""
        if node is None:
            return None
        if not isinstance(node, MappingNode):
            if isinstance(node, SequenceNode):
                how = _NOT_LISTS.get(what, "去掉开头的 -，直接写“键: 值”")
            else:
                how = "冒号用半角，后面留一个空格"
            self.problem("not-a-mapping", tr("{what} 要写成“键: 值”", what=what), tr(how), node.span)
            return None
        if allowed is not None:
            self._report_unknown_keys(node, what, list(allowed))
        return node

    def _report_unknown_keys(self, node: MappingNode, what: str, allowed: list[str]) -> None:
        for key, value in node.entries:
            if key.value not in allowed:
                self.refused_names |= _names_below(value)
                elsewhere = _ELSEWHERE.get(key.value)
                # gettext would translate an empty text into the head of its catalogue.
                how = (
                    (tr(elsewhere) if elsewhere else "")
                    or self.suggest(key.value, allowed)
                    or tr("可以写：{names}", names=tr("、").join(allowed))
                )
                self.problem(
                    "unknown-key", tr("{what} 里没有 {key} 这个键", what=what, key=key.value), how, key.span
                )

    def sequence(self, node: Node | None, what: str) -> tuple[Node, ...]:
        """Return the items of a list."""
        if node is None:
            return ()
        if not isinstance(node, SequenceNode):
            self.problem(
                "not-a-list",
                tr("{what} 要写成列表", what=what),
                tr("每一项以 - 开头，或写成 [甲, 乙]"),
                node.span,
            )
            return ()
        return node.items

    def text(self, node: Node | None, what: str) -> str:
        """Return a text; blank text is reported."""
        if node is None:
            return ""
        if isinstance(node, ScalarNode) and isinstance(node.value, str) and node.value.strip():
            return node.value
        self.problem(
            "not-text", tr("{what} 要写成非空的文本", what=what), tr("数字与 true、false 要加引号"), node.span
        )
        return ""

    def literal(self, node: Node | None, what: str) -> str:
        """Return a text with a meaning for the harness, such as a name. A reference in it is reported.

        Nothing would give the reference its value. In prose, ``${`` is just text.
        """
        text = self.text(node, what)
        if "${" in text and node is not None:
            self.problem(
                "reference-here",
                tr("{what} 里不能写引用，它不会被代入", what=what),
                tr("直接写出内容"),
                node.span,
            )
            return ""
        return text

    def literals(self, node: Node | None, what: str) -> tuple[str, ...]:
        """Return a list of literals; a single one counts as a list of one."""
        if isinstance(node, ScalarNode):
            return tuple(filter(None, [self.literal(node, what)]))
        return tuple(filter(None, (self.literal(item, what) for item in self.sequence(node, what))))

    def texts(self, node: Node | None, what: str) -> tuple[str, ...]:
        """Return a list of texts; a single text counts as a list of one."""
        if isinstance(node, ScalarNode):
            return tuple(filter(None, [self.text(node, what)]))
        return tuple(filter(None, (self.text(item, what) for item in self.sequence(node, what))))

    def truth(self, what: str, node: Node | None) -> bool | None:
        """Return a value that is true or false; None if there is no node."""
        if node is None:
            return None
        if isinstance(node, ScalarNode) and isinstance(node.value, bool):
            return node.value
        self.problem("true-or-false", tr("{key} 只能写 true 或 false", key=what), "", node.span)
        return None

    def number(self, node: Node | None, what: str, low: float, high: float) -> float | None:
        """Return a number from *low* to *high*, both included."""
        if node is None:
            return None
        value = node.value if isinstance(node, ScalarNode) else None
        # In Python a bool is an int.
        if isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.problem(
            "not-a-number",
            tr("{what} 要写成 {low} 到 {high} 的数", what=what, low=low, high=high),
            "",
            node.span,
        )
        return None


def only_true(key: KeyNode, node: Node, reader: Reader) -> bool:
    """Return whether *node*, the value of *key*, is true; report any other value."""
    if isinstance(node, ScalarNode) and node.value is True:
        return True
    reader.problem("only-true", tr("{key} 只能写 true", key=key.value), tr("不需要时删去这一行"), node.span)
    return False


def _names_below(node: Node) -> set[str]:
    """Return all keys in *node*."""
    if isinstance(node, MappingNode):
        names = {key.value for key, _ in node.entries}
        return names.union(*(_names_below(value) for _, value in node.entries))
    if isinstance(node, SequenceNode):
        return set().union(*map(_names_below, node.items))
    return set()
