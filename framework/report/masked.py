"""Masking of records that are not ours: every text in them, in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def mask_in_place(record: Any, mask: Callable[[str], str]) -> None:
    """Mask every text of *record*, of what it holds and of its lists."""
    for name, value in vars(record).items():
        setattr(record, name, _masked(value, mask))


def _masked(value: Any, mask: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [_masked(item, mask) for item in value]
    if hasattr(value, "__dict__"):
        mask_in_place(value, mask)
    return value
