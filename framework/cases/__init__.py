"""Turns the text of case files into frozen records: strict YAML, the case model, environments, variables,
templates.
"""
