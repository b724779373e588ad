"""Turns rows into the response."""
