"""The manual of the matchers: made from their table, with a sample reply on which every example holds."""
