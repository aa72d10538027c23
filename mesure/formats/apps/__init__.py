"""One file for each format of a pilot: what a device sends, and what it is answered.

Pure functions from bytes to messages. Whatever the bytes are, there is a message, perhaps a refused
one, and never an exception. No device signs any of these formats.
Formats: docs/specs/pilot_formats.md
"""
