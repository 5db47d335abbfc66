"""The commands of ``python -m framework``."""
