"""Between us and a source that is slow, busy or broken: wrappers of the same protocol."""
