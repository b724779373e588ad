"""Tests of the examples: the demo city and what the README says."""
