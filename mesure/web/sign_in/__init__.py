"""How does somebody come in, and go out again?

Two doors. Staff have a name, a password and a code from an app. A person under an order has a
printed card and a PIN, and needs neither e-mail nor a phone that is always theirs.

    routes ─→ doors (signing in and out)  ─┐
           ─→ setting_up (the first time)  ├─→ actions
           ─→ passkeys (where browsers know)    │
           ─→ own_account (language, ...)  ┘

Whatever was wrong with an attempt, the page says the same.
Decision: docs/decisions/0032-signing-in.md
"""
