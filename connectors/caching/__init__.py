"""The cache of source rows. It never holds answers: rights and masks apply on every read."""
