"""The benchmarks: the harness compared with the same work written by hand (``by_hand``), by CPU time."""
