"""The table of services that the survey of services runs the suite on: sound ones, each with its own ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SoundService:
    """A sound service.

    ``behaviours`` are names of :mod:`standin.behaviours`. ``declared``: the facts that a user declares as
    variables of its environment. ``declared_later``: those that the first run tells the user to declare.
    """

    name: str
    behaviours: tuple[str, ...]
    declared: Mapping[str, object] = field(default_factory=dict)
    declared_later: Mapping[str, object] = field(default_factory=dict)


SERVICES = {
    service.name: service
    for service in (
        SoundService("plain", ()),
        SoundService("wrapped", ("refusal-in-200", "size-zero-is-ten", "page-zero-refused")),
        SoundService("single", ("one-policy", "last-page-past-end", "size-zero-is-ten")),
        SoundService("young", ("ten-policies", "refusal-in-200", "pdf-and-xls")),
        SoundService("small", ("23-policies", "past-end-refused", "size-over-cap-refused")),
        SoundService("large", ("1900-policies", "cap-50"), {"largest_page": 50}),
        SoundService("capped", ("cap-20", "refusal-in-200"), {"largest_page": 20}),
        SoundService("undeclared-cap", ("cap-20",), declared_later={"largest_page": 20}),
        SoundService("pagehelper", ("last-page-past-end", "cap-50"), {"largest_page": 50}),
        SoundService("filing", ("pdf-and-xls", "several-files", "files-as-octet-stream")),
        SoundService("bare", ("some-without-file", "other-issue-numbers", "titles-repeat")),
        SoundService("vocabulary", ("other-types", "unknown-type-refused", "priority-first")),
        SoundService("uniform", ("one-type", "23-policies", "cap-20"), {"largest_page": 20}),
        SoundService("sparse", ("null-for-nothing", "refusal-in-200")),
        SoundService("editorial", ("rich-text", "edited-later", "ids-without-time")),
    )
}
