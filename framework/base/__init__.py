"""What every other package builds on: errors, places in source text, messages, JSONPath, subprocesses."""
