"""What does the office see of itself, and how does it set itself up?

Who works here and may sign in, who is barred from a case, which programs have access and receive
events, and how far a new office has come. For supervisors and operators; no case is opened here but
to bar somebody from it.

    routes ─→ office_page       the doors, and whether everybody can be judged
           ─→ first_week        the list of a new office, worked out from what is stored
           ─→ accounts_page, barring_page, programs_page, webhooks_page ─→ confirmation

This room imports none of console, portal, counsel, inspection and API.
"""
