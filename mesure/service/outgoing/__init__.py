"""Notices and webhooks: due messages are taken from the outbox, and sent.

A slow receiver keeps only itself waiting.
"""
