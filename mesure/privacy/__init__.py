"""Who may see it, and when is it erased?

`roles` says in what capacity somebody acts, `purposes` for what they may look. `access` opens a
case or keeps it shut; `charge` says who is in charge of a person now. `trail_limits` says how much
of a trail an incident or a recorded ground shows. `lockout` slows down people who guess a password.
`access_refusal` says all that is refused here in words. Pure rules: `actions` asks them, and logs
the results in the audit log.

`retention` says how long each kind of data is kept, by a dated file, what is due, what holds it,
and tells the person the same; `retention.home_presence` reduces what lies in the home to
"present" without changing anything that is judged.

Nobody searches who was near a place; there is no function that takes a place and gives persons.
Decision: docs/decisions/0002-what-we-will-never-build.md
Decision: docs/decisions/0031-actions-looks-and-grounds.md
"""
