"""Strict YAML: the text of a file becomes nodes that know their places."""
