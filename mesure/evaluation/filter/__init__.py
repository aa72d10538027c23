"""The filter: from evidence to a chance for each fix, and to intervals of one status."""
