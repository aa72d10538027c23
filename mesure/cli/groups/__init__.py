"""Groups of commands: each has a word of its own, as in `mesure country rejudge`."""
