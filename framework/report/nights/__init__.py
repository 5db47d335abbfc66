"""Keeps past nights, and compares a night with them."""
