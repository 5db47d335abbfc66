"""Keeps the accepted replies of a service, and compares new replies with them."""
