"""What does a device report of a life?

How positions err in the open, in buildings and at rest, when a device wakes, and what reaches the
server.
"""
