"""Notices and webhooks: what is due is taken from the outbox, and sent.

Whoever is slow keeps only themselves waiting.
"""
