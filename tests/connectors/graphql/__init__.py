"""Tests of the GraphQL connector."""
