"""Parses ``walks``: declarations, usually one for a folder, of how to read all pages of a list."""

from __future__ import annotations

from framework.base.errors import did_you_mean
from framework.base.jsonpath import Path, PathSyntaxError, compile_path
from framework.base.messages import tr
from framework.cases.case import Walk
from framework.cases.path_hints import explain_path
from framework.cases.reader import Reader
from framework.cases.yaml.nodes import KeyNode, MappingNode, Node

_KEYS = ("page", "size", "more", "items", "total", "key", "max_pages")
_REQUEST_PARTS = ("json", "params", "data")
MAX_PAGES = 10_000


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
    missing = [name for name in _KEYS if mapping.get(name) is None]
    if missing:
        reader.problem(
            "walk-lacks",
            tr("walks 的 {name} 缺 {lacking}", name=key.value, lacking=tr("、").join(missing)),
            tr("七个键都要写：{names}", names=tr("、").join(_KEYS)),
            key.span,
        )
        return None
    paths = {name: _singular_path(mapping.get(name), name, reader) for name in ("more", "items", "total")}
    more, items, total = paths["more"], paths["items"], paths["total"]
    pages = reader.number(mapping.get("max_pages"), "max_pages", 1, MAX_PAGES)
    if not _fits(mapping, key, reader):
        return None
    if more is None or items is None or total is None or pages is None:
        return None
    return Walk(
        key.value,
        _address(mapping, "page", reader),
        _address(mapping, "size", reader),
        more,
        items,
        total,
        reader.literal(mapping.get("key"), "key"),
        int(pages),
        key.span,
    )


def _fits(mapping: MappingNode, key: KeyNode, reader: Reader) -> bool:
    """Report a walk that can fit no request and no reply: its failures would look like the service's."""
    for name in ("page", "size"):
        part, _, rest = reader.literal(mapping.get(name), name).partition(".")
        if part and (part not in _REQUEST_PARTS or not all(rest.split("."))):
            reader.problem(
                "walk-unfit",
                tr("{name} 要写请求里的地址", name=name),
                tr("例如 json.pageNo、params.page"),
                (mapping.get(name) or mapping).span,
            )
            return False
    for names in (("page", "size"), ("more", "items", "total")):
        texts = [reader.literal(mapping.get(name), name) for name in names]
        if len(set(texts)) < len(texts):
            reader.problem(
                "walk-unfit",
                tr("walks 的 {name}：{names} 不能是同一个地址", name=key.value, names=tr("、").join(names)),
                tr("各写各的地址"),
                key.span,
            )
            return False
    return True


def _address(mapping: MappingNode, name: str, reader: Reader) -> tuple[str, ...]:
    """Return the address of a value in the request: ``json.pageNo`` as a tuple of names."""
    return tuple(reader.literal(mapping.get(name), name).split("."))


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
