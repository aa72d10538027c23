"""How fast is the service under load?

Received, verified, committed and judged, end to end; a country judged again; a peer beside it.
"""
