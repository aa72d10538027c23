"""Wording: an order in sentences, what changed, and questions about what looks like a slip."""
