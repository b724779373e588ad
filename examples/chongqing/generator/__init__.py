"""The demo city's data: declared tables, personas written by hand, and a crowd by theme."""
