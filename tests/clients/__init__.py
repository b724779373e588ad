"""Clients as they are installed by others: their audits and their caches, against a served gateway."""
