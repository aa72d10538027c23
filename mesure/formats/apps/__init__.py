"""Messages of apps, one file a format: what a device of a pilot sends, and what it is answered.

Pure functions from bytes to messages. Whatever the bytes are, there is a message, perhaps a refused
one, and never an exception. No device signs any of these formats.
Formats: docs/specs/pilot_formats.md
"""
