"""The command that serves: its parts, its processes, and what stands by.

`parts` puts them together; `processes` keeps the judges running.
"""
