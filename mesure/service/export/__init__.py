"""Export and import of a whole programme, in open formats.

Each file stands in a manifest with its hash.
"""
