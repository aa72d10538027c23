"""Evidence: what fixes and the gaps between them say about each boundary."""
