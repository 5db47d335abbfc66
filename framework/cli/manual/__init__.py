"""The manual of the matchers, made from their table, with sample replies on which every example holds."""
