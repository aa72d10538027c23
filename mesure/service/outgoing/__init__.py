"""Notices and webhooks: what is due is taken from the outbox, and sent.

A slow receiver keeps only itself waiting.
"""
