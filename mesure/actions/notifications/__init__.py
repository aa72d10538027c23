"""Notifications: who is to be told of what, by which texts, and webhooks for other programs."""
