"""Turns an exchange and the checks of a case into results: paths, matchers, contracts, verdicts."""
