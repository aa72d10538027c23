"""Access refusals: why somebody may not do or see something, in words for them.

A refusal never says more about a person than the one who is refused knows already; so a name that
nothing has is refused in the same words as that of somebody else's record.
"""

from mesure.orders.text.sayings import TranslatableEnum


class AccessRefusal(TranslatableEnum):
    """Why, in one word; the audit log has this word."""

    ROLE = "role", "Your account is not one that may do this."
    SCOPE = "scope", "This token was not given for that."
    BARRED = "barred", "You are barred from this case. Ask a supervisor."
    NOT_IN_CHARGE = (
        "not_in_charge",
        "Nobody with this name is on your caseload. Ask the officer in charge, or a supervisor.",
    )
    ANOTHER_PERSON = "another_person", "There is nothing under this name in your own record."
    PURPOSE = "purpose", "Say for what purpose you look; this one is not for your account."
    CASE_NUMBER = "case_number", "Give the number of the case for which you look."
    NO_GROUND = "no_ground", "A trail is shown for an incident or a recorded ground. There is none."
    OUTSIDE_GROUND = (
        "outside_ground",
        "The incident or the ground does not reach to the time you asked for.",
    )
    SAME_EYES = "same_eyes", "Somebody else must do this, not you again."
    NEW_EYES = (
        "new_eyes",
        (
            "One account was opened or reset lately by the other, or by the same supervisor. "
            "Ask a third person."
        ),
    )
    NOT_YOURS = "not_yours", "Only the person who did this may take it back."
    SIGN_IN = "sign_in", "Name, password or code is not right."
    WAIT = "wait", "There were too many tries. Wait a while and try again."
    LINK = "link", "This link or code is not valid, or was used before."
    SESSION = "session", "Sign in, please."
    NOT_RECENT = "not_recent", "Sign in again first, and do it soon after."
