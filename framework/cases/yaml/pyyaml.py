"""The only module that imports yaml: turns text into events, and data into text."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Iterator
from typing import Final

import yaml
from yaml import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    YAMLError,
)

from framework.base.jsonpath import Json
from framework.cases.yaml.scalars import quoting_style

__all__ = [
    "AliasEvent",
    "DocumentStartEvent",
    "Event",
    "MappingEndEvent",
    "MappingStartEvent",
    "ScalarEvent",
    "SequenceEndEvent",
    "SequenceStartEvent",
    "YAMLError",
    "dump",
    "load_yaml_1_1",
    "read_events",
]

_MAX_FLOW_WIDTH = 60
# PyYAML breaks longer lines inside of texts.
_UNLIMITED_WIDTH = 1 << 20
# PyYAML may have been built without libyaml.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_events(text: str) -> Iterator[Event]:
    """Yield the events of *text*.

    Raises:
        YAMLError: a syntax error; it is raised after the events before it.
    """
    loader = _Loader(text)
    try:
        yield from iter(loader.get_event, None)
    finally:
        loader.dispose()


_CORE: Final = "tag:yaml.org,2002:"
_TYPES: Final[dict[str, type]] = {"str": str, "int": int, "float": float, "bool": bool, "null": type(None)}
"""The tags of scalars whose values JSON has too."""
COLLECTION_TAGS: Final = frozenset({f"{_CORE}map", f"{_CORE}seq"})
"""The tags that say what a collection is in any case."""


def load_yaml_1_1(text: str, tag: str = "") -> str | int | float | bool | None:
    """Return the value that YAML 1.1 gives to a scalar with *tag*, or to a plain one.

    The text itself, if JSON has no such value: a date, a number beyond it, another tag.
    """
    loader = yaml.SafeLoader("")
    tag = tag or loader.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    try:
        value = loader.construct_object(yaml.ScalarNode(tag, text))
    except (ValueError, IndexError, KeyError, YAMLError):
        # For example the date 2024-13-45, and ``=``.
        return text
    if isinstance(value, float) and not math.isfinite(value):
        return text
    return value if value is None or isinstance(value, (str, int, float, bool)) else text


def has_value_in_json(text: str, tag: str) -> bool:
    """Return whether *text* with an explicit *tag* such as ``!!str`` is a value of JSON."""
    kind = _TYPES.get(tag.removeprefix(_CORE)) if tag.startswith(_CORE) else None
    return kind is not None and isinstance(load_yaml_1_1(text, tag), kind)


def dump(document: Json, quoted: Collection[str] = ()) -> str:
    """Return *document* as YAML that ``parse_yaml`` reads back unchanged.

    Texts in *quoted* are always written in quotes.
    """

    class Dumper(_CaseDumper):
        always_quoted = frozenset(quoted)

    return yaml.dump(document, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=_UNLIMITED_WIDTH)


class _CaseDumper(yaml.SafeDumper):
    """Writes YAML as a person writes cases: indented lists, and small values on one line."""

    always_quoted: frozenset[str] = frozenset()

    def ignore_aliases(self, data: object) -> bool:
        # Otherwise a value that occurs twice becomes an anchor and an alias.
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        # PyYAML writes the items of a list in the column of its key.
        super().increase_indent(flow, False)

    def represent_text(self, value: str) -> yaml.Node:
        style = "'" if value in self.always_quoted else quoting_style(value)
        return self.represent_scalar("tag:yaml.org,2002:str", value, style)

    def represent_object(self, value: dict[str, Json]) -> yaml.Node:
        one_line = _fits_one_line(value, value.values())
        node = self.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=one_line)
        for key, _ in node.value:
            key.style = quoting_style(key.value)
        return node

    def represent_array(self, value: list[Json]) -> yaml.Node:
        return self.represent_sequence(
            "tag:yaml.org,2002:seq", value, flow_style=_fits_one_line(value, value)
        )


_CaseDumper.add_representer(str, _CaseDumper.represent_text)
_CaseDumper.add_representer(dict, _CaseDumper.represent_object)
_CaseDumper.add_representer(list, _CaseDumper.represent_array)


def _fits_one_line(value: Json, items: Iterable[Json]) -> bool:
    if any(_is_nested(item) for item in items):
        return False
    return len(json.dumps(value, ensure_ascii=False)) <= _MAX_FLOW_WIDTH


def _is_nested(item: Json) -> bool:
    if isinstance(item, list):
        return any(isinstance(inner, (dict, list)) for inner in item)
    return isinstance(item, dict)
