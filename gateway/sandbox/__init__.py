"""`jutong serve --sandbox`: the whole gateway over synthetic rows, and every answer says so."""
