"""One request, from HTTP to the record of the disclosure."""
