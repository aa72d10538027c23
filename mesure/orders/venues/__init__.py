"""Venues: categories on the map, dated lists, and what each is called."""
