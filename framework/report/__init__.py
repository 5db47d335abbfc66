"""The reports of a run: terminal, log, Allure, HTML report."""
