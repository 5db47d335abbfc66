"""Recorded exchanges: written, read, and replayed in place of the service."""
