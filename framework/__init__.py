"""The regression harness: YAML cases, a request engine, checks, evidence. ARCHITECTURE.md tells how the rooms
fit together.
"""
