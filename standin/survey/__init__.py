"""The fault survey, ``python -m standin fault-survey``: which faults does the suite of cases notice?

The suite runs once against the sound service and once against each fault, as a subprocess (``python -m
pytest``). Its JUnit report is the only thing that is read of a run, and nothing here imports the harness.
"""
