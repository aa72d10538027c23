"""Statistics of a programme: counting, and keeping small numbers out."""
