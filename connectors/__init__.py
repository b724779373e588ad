"""How a source is reached: one small protocol, its drivers and its wrappers."""
