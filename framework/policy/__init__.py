"""What is known of policies: matchers of the domain."""
