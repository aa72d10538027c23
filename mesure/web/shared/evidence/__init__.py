"""Evidence on the pages: maps, strips, figures and messages of devices."""
