"""The pytest plugin: options, collection of suites, running of cases, masking of pytest's own output.

``pytest_plugins = ["framework.plugin"]`` in a conftest.py loads all of it.
"""

pytest_plugins = [
    f"framework.plugin.{name}"
    for name in (
        "garbage",
        "channels",
        "options",
        "session",
        "shards",
        "shard_header",
        "extras",
        "collection",
        "running",
        "fixture_limits",
        "interrupts",
        "language",
    )
]
