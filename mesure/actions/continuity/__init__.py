"""Continuity: nothing is lost between officers: hand-over notes, and what was left overdue."""
