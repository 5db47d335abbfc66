"""The common ground of all packages: errors, source spans, messages, JSONPath, subprocesses."""
