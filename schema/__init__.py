"""What is true: identifiers, the catalogue, types and policy. Pure; one file reads from disk."""
