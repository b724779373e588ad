"""A real gateway process, real HTTP, and what goes wrong in the world."""
