"""Docs that cannot rot."""
