"""Maps: zones, fixes and stays of an incident or of the whole order."""
