"""HTTP connections: bounds before anything is read, TLS, heads, and how they end.

The answers of an application are not known here.
"""
