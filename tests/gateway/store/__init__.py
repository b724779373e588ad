"""Our own store."""
