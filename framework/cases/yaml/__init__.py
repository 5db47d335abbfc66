"""Strict YAML: turns the text of a file into nodes that carry their source spans.

``textfile`` reads a file, ``pyyaml`` turns its text into events, ``compose`` builds nodes from them,
``scalars`` types single values. Mistakes of whole lines are explained by ``syntax_mistakes``.
"""
