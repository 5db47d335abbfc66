"""An exchange and the checks become results: paths, matchers, contracts, verdicts."""
