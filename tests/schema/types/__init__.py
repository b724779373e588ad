"""Types that are made of a catalogue."""
