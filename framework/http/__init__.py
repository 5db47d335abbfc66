"""Turns a request into an exchange: bounded transport, allowed hosts, pace, masking, walks over pages."""
