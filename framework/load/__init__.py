"""Runs the cases of a project as load, on Locust."""
