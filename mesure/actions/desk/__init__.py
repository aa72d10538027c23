"""Desk: absences of all cases, hand-over notes, and what was left past its deadline."""
