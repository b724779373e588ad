"""Tests of what a caller is told."""
