"""The GraphQL types that the catalogue gives, spliced into the hand-written schema."""
