"""Synthetic rows for any catalogue: what answers in `jutong serve --sandbox` instead of every source."""
