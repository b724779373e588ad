"""Small cities for tests: a catalogue directory and the raw rows that their sources store."""
