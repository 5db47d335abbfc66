"""Parses ``walks``: declarations, usually one for a folder, of how to read all pages of a list."""

from __future__ import annotations

from framework.base.errors import did_you_mean
from framework.base.jsonpath import Path, PathSyntaxError, compile_path
from framework.base.messages import tr
from framework.cases.case import ReplyPlace, Walk, WalkStyle
from framework.cases.path_hints import explain_path
from framework.cases.reader import Reader
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node

STYLES: tuple[WalkStyle, ...] = ("page", "offset", "cursor", "next")
_KEYS = (*STYLES, "first", "size", "from", "items", "key", "more", "last", "total", "echoed", "max_pages")
_REQUEST_PARTS = ("json", "params", "data")
_HEADER = "headers."
MAX_PAGES = 10_000
_USUAL_MAX = 1000


def parse_walks(node: Node | None, reader: Reader) -> dict[str, Walk]:
    """Return the walks of a ``walks`` mapping by name."""
    mapping = reader.mapping(node, "walks")
    if mapping is None:
        return {}
    walks = [_walk(key, value, reader) for key, value in mapping.entries]
    return {walk.name: walk for walk in walks if walk is not None}


def _walk(key: KeyNode, node: Node, reader: Reader) -> Walk | None:
    mapping = reader.mapping(node, tr("walks 的 {name}", name=key.value), _KEYS)
    if mapping is None:
        return None
    style = _style(mapping, key, reader)
    problems_before = len(reader.problems)
    paths = {
        name: _singular_path(mapping.get(name), name, reader) for name in ("items", "more", "last", "echoed")
    }
    total = _place(mapping.get("total"), "total", reader)
    following = _following(mapping, style, reader)
    first = reader.number(mapping.get("first"), "first", 0, 1)
    pages = reader.number(mapping.get("max_pages"), "max_pages", 1, MAX_PAGES)
    items = paths["items"]
    is_sound = style is not None and _fits(mapping, style, key, reader)
    if style is None or items is None or not is_sound or len(reader.problems) > problems_before:
        return None
    return Walk(
        key.value,
        style,
        items,
        reader.literal(mapping.get("key"), "key"),
        key.span,
        position=() if style == "next" else _address(mapping, style, reader),
        first=int(first) if first is not None else int(style != "offset"),
        size=_address(mapping, "size", reader),
        following=following,
        more=paths["more"] or paths["last"],
        inverted=paths["last"] is not None,
        total=total,
        echoed=paths["echoed"],
        max_pages=int(pages or _USUAL_MAX),
    )


def _style(mapping: MappingNode, key: KeyNode, reader: Reader) -> WalkStyle | None:
    """Return how the next page is addressed; report a walk without that, with two ways, or that lacks a
    key.
    """
    styles = [name for name in STYLES if mapping.get(name) is not None]
    if len(styles) != 1:
        what = tr(
            "walks 的 {name} 要写且只写 {styles} 中的一个", name=key.value, styles=tr("、").join(STYLES)
        )
        how = tr("按页码写 page，按偏移写 offset，按游标写 cursor 与 from，按下一页的地址写 next")
        reader.problem("walk-style", what, how, key.span)
        return None
    style = styles[0]
    needed = ("items", "key", *(("from",) if style == "cursor" else ()))
    missing = [name for name in needed if mapping.get(name) is None]
    if missing:
        what = tr("walks 的 {name} 缺 {lacking}", name=key.value, lacking=tr("、").join(missing))
        how = tr("{style} 要写：{names}", style=style, names=tr("、").join((style, *needed)))
        reader.problem("walk-lacks", what, how, key.span)
        return None
    return style


def _following(mapping: MappingNode, style: WalkStyle | None, reader: Reader) -> ReplyPlace | None:
    """Return where a page has the cursor or the address of the next one."""
    if style not in ("cursor", "next"):
        return None
    name = "from" if style == "cursor" else "next"
    return _place(mapping.get(name), name, reader)


def _place(node: Node | None, name: str, reader: Reader) -> ReplyPlace | None:
    """Return the place that *node* names: a path, or a header field such as ``headers.Link``."""
    text = reader.literal(node, name)
    if text.startswith(_HEADER) and len(text) > len(_HEADER):
        return ReplyPlace(text, header=text.removeprefix(_HEADER))
    path = _singular_path(node, name, reader)
    return ReplyPlace(text, path) if path is not None else None


_ONLY_FOR: tuple[tuple[str, tuple[WalkStyle, ...]], ...] = (
    ("first", ("page", "offset")),
    ("from", ("cursor",)),
)


def _fits(mapping: MappingNode, style: WalkStyle, key: KeyNode, reader: Reader) -> bool:
    """Report a walk that can fit no request and no reply: its failures would look like the service's."""
    for name, styles in _ONLY_FOR:
        node = mapping.get(name)
        if node is not None and style not in styles:
            what = tr(
                "{name} 只用于 {styles}，不用于 {style}", name=name, styles=tr("、").join(styles), style=style
            )
            reader.problem("walk-unfit", what, tr("删去它"), node.span)
            return False
    return _fits_request(mapping, style, reader) and _are_apart(mapping, style, key, reader)


def _fits_request(mapping: MappingNode, style: WalkStyle, reader: Reader) -> bool:
    for name in ("size",) if style == "next" else (style, "size"):
        part, _, rest = reader.literal(mapping.get(name), name).partition(".")
        if part and (part not in _REQUEST_PARTS or not all(rest.split("."))):
            reader.problem(
                "walk-unfit",
                tr("{name} 要写请求里的地址", name=name),
                tr("例如 json.pageNo、params.page"),
                (mapping.get(name) or mapping).span,
            )
            return False
    return True


def _are_apart(mapping: MappingNode, style: WalkStyle, key: KeyNode, reader: Reader) -> bool:
    """Report two keys that name the same place, and a flag that is given twice."""
    if mapping.get("more") is not None and mapping.get("last") is not None:
        what = tr("walks 的 {name}：more 与 last 只写一个", name=key.value)
        reader.problem("walk-unfit", what, tr("last 是 true 表示没有下一页"), key.span)
        return False
    reply = ("items", "more", "last", "total", "echoed", "from" if style == "cursor" else "next")
    for names in ((style, "size"), reply):
        written = [name for name in names if mapping.get(name) is not None]
        texts = [reader.literal(mapping.get(name), name) for name in written]
        if len(set(texts)) < len(texts):
            reader.problem(
                "walk-unfit",
                tr("walks 的 {name}：{names} 不能是同一个地址", name=key.value, names=tr("、").join(written)),
                tr("各写各的地址"),
                key.span,
            )
            return False
    return True


def _address(mapping: MappingNode, name: str, reader: Reader) -> tuple[str, ...]:
    """Return the address of a value in the request: ``json.pageNo`` as a tuple of names."""
    text = reader.literal(mapping.get(name), name)
    return tuple(text.split(".")) if text else ()


def _singular_path(node: Node | None, name: str, reader: Reader) -> Path | None:
    text = reader.literal(node, name)
    if not text or node is None:
        return None
    try:
        path = compile_path(text)
    except PathSyntaxError as error:
        reader.problem(
            "path-syntax",
            tr("读不懂的路径 {text}", text=text),
            explain_path(text, error.position),
            node.span,
        )
        return None
    # A path that may select several values cannot give one list, one total or one flag.
    if not path.singular:
        reader.problem(
            "walk-path",
            tr("{name} 要选中恰好一个值", name=name),
            tr("例如 $.data.result，不要 [*]"),
            node.span,
        )
        return None
    return path


def choose_walk(node: Node | None, walks: dict[str, Walk], reader: Reader) -> Walk | None:
    """Return the walk that ``paginate`` names, or None."""
    if node is None:
        return None
    name = reader.literal(node, "paginate")
    if name and name not in walks:
        how = did_you_mean(name, walks) or tr("在 _shared.yaml 的 walks 里声明它")
        reader.problem("unknown-walk", tr("没有叫 {name} 的翻页方式", name=name), how, node.span)
    return walks.get(name)
