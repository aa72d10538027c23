"""How do devices talk to us?

`http` and `mqtt` listen; what they hear goes to `mesure.actions.receive`, and nobody is answered
before it is kept. `requests` is what comes over HTTP, `letters` says by a phone's enrolment what it
meant, `introducing` enrols. `stored` reads again what was kept.

All else are pure functions from bytes to rows and messages. `fixes_files.read` tells a file's
format from its content and keeps every row of it; `gathering.gather` joins the files of one person,
says of every row why it is used or not, and returns columns of fixes. Nothing is ever dropped.
Formats: docs/specs/fixes_files.md

`wire` hears what the apps of a pilot send, message by message, and says what they are answered;
what a message means is the same as in a file. Formats: docs/specs/pilot_formats.md
Decision: docs/decisions/0030-receiving.md
"""
