"""Golden cases: one folder each, and what a document does on its way from the caller to the wire."""
