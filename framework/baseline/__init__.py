"""What a service was accepted to answer, and how its replies differ from that."""
