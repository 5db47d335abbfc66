"""Converts case files and logs of other harnesses; a remark with its line names each part that is not carried over."""
