"""Rewrites a plan: every read gets a verdict before a source is touched."""
