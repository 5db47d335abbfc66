"""A request becomes an exchange: transport, tape, secrets."""
