"""Writes, reads and replays recorded exchanges (tapes)."""
