"""The catalogue: what departments declare, read, checked and compiled into immutable values."""
