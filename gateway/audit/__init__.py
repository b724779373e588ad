"""The record: who saw what of whom, in which case and for which purpose; durable before the bytes leave."""
