"""How fast are the pages, and how quiet is a morning?

A house at full size, each page and list, and what waits for an officer.
"""
