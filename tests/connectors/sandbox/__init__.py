"""The synthetic rows of the sandbox."""
