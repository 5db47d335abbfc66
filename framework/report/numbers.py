"""Computes quantiles, and writes sizes for people."""

from __future__ import annotations


def quantile(values: list[float], q: float) -> float:
    """Return the *q*-quantile (0 to 1) of sorted values, interpolated; of one value, that value."""
    if len(values) < 2:
        return values[0] if values else 0.0
    whole, part = divmod(q * (len(values) - 1), 1)
    below, above = values[int(whole)], values[min(int(whole) + 1, len(values) - 1)]
    return below + (above - below) * part


def size_text(size: int) -> str:
    """Return a size in bytes with a readable unit."""
    if size < 10_000:
        return f"{size} B"
    return f"{size / 1000:.0f} KB" if size < 10_000_000 else f"{size / 1_000_000:.1f} MB"
