"""Who may read what, for which purpose: callers, rules and verdicts."""
