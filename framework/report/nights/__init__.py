"""Past nights, and what changed since them."""
