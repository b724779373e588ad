"""Document + catalogue -> one immutable plan of fetches."""
