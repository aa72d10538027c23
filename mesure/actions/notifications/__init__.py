"""Notifications: who is notified of what, in which texts, and webhooks for other programs."""
