"""A request becomes an exchange: bounded transport, allowed hosts, pace, masking, walks over pages."""
