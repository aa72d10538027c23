"""Who may see it, and when is it erased?

Nothing is built here yet.

What will stand here: roles and the purposes for which they look, retention (what is due for
erasure, and what a hold keeps), minimisation (inside the home, "present" is enough). Pure plans:
`actions` carries them out and enters them in the audit log.

Nobody searches who was near a place; there is no function that takes a place and gives persons.
Decision: docs/decisions/0002-what-we-will-never-build.md
"""
