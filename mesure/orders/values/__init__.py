"""Values of an order: spans of time, timetables, places and their geometry."""
