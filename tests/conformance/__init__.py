"""One suite that every connector has to pass."""
