"""From credentials to one Caller, and from identifiers to pseudonyms."""
