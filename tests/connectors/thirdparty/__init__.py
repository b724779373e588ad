"""A city whose sources nobody here planned for, read through the whole gateway."""
