"""The command that serves: its parts, its processes, and what stands by.

`parts` puts them together; what is done by one of several services alone stands in `cluster`, and
the processes beside it in `children`.
"""
