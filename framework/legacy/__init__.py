"""Converts case files and logs of other harnesses; each part that is not carried over is reported."""
