"""``python -m standin fault-audit``: which faults would the suite of cases notice?

The suite runs once against the sound service and once against each fault, as a subprocess (``python -m
pytest``); its JUnit report is all that is known of it. Nothing here imports the harness.
"""
