"""Runs a plan: each fetch starts the moment its inputs are complete."""
