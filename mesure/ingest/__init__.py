"""How do devices talk to us?

Here are pure functions from bytes to rows and messages, which open no file and no socket.
`fixes_files.read` tells a file's format from its content and keeps every row of it;
`gathering.gather` joins the files of one person, says of every row why it is used or not, and
returns columns of fixes. Nothing is ever dropped. Formats: docs/specs/fixes_files.md

`wire` hears what the apps of a pilot send, message by message, and says what they are answered;
what a message means is the same as in a file. Formats: docs/specs/pilot_formats.md
"""
