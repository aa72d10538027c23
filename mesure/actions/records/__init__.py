"""Records: the kinds of administrative records, their keys, and how their values are sealed."""
