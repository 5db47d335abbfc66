"""What the speed figures come from: our harness beside the same work written by hand (``by_hand``), by CPU
time.
"""
