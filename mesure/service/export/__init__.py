"""Export and import of a whole programme, in open formats.

A manifest lists each file with its hash.
"""
