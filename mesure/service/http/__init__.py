"""HTTP connections: bounds before anything is read, TLS, heads, and how they end.

What an application answers is not known here.
"""
