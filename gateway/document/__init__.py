"""Text to a parsed, validated, limited document."""
