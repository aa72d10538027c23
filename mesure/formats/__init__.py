"""What did a device or an app write?

Bytes to rows and back, pure. `fixes_files.read` tells a file's format from its content and keeps
every row of it (`files`, one module a format); `apps` reads what the apps of a pilot send, message
by message, and what they are answered; `columns` is the one schema of fixes; `stored` reads again
what was kept, joins the fixes of one person and says of every row why it is used or not.
Formats: docs/specs/fixes_files.md, docs/specs/pilot_formats.md
"""
