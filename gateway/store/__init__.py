"""Our own store: protections, and what later must be consistent across processes."""
