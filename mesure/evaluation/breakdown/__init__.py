"""Breakdown of evidence: what counted in a decision or an episode, and how much."""
