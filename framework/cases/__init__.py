"""Text becomes frozen records: strict YAML, the case model, environments, variables, templates."""
