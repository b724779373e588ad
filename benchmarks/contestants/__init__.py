"""The servers that are compared. Each answers the same documents with the same data."""
