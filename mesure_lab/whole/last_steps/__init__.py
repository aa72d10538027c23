"""Last steps: what hardly ever comes about by chance, step after step at the end of a life."""
