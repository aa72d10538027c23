"""Groups of commands: each stands behind a word of its own, as in `mesure country rejudge`."""
