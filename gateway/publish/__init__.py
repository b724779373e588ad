"""What a schema says about itself: SDL and introspection, whole or in slices, as prepared bytes."""
