"""The command that serves: its parts, its processes, and the standby.

`parts` puts them together; what one of several services alone does is in `cluster`, and the
processes beside it in `children`.
"""
