"""Access refusals: why somebody may not do or see something, in words for them.

A refusal never says more about a person than the one who is refused knows already; so a name that
nothing has is refused in the same words as that of somebody else's record.
"""

from enum import StrEnum

from mesure.orders.text.catalogue import Catalogue


class AccessRefusal(StrEnum):
    """Why, in one word; the audit log has this word."""

    ROLE = "role"
    SCOPE = "scope"
    BARRED = "barred"
    NOT_IN_CHARGE = "not_in_charge"
    ANOTHER_PERSON = "another_person"
    PURPOSE = "purpose"
    CASE_NUMBER = "case_number"
    NO_GROUND = "no_ground"
    OUTSIDE_GROUND = "outside_ground"
    SAME_EYES = "same_eyes"
    NEW_EYES = "new_eyes"
    NOT_YOURS = "not_yours"
    SIGN_IN = "sign_in"
    WAIT = "wait"
    LINK = "link"
    SESSION = "session"
    NOT_RECENT = "not_recent"

    def in_words(self, catalogue: Catalogue) -> str:
        """Return the refusal in a sentence."""
        return {
            AccessRefusal.ROLE: catalogue.text("Your account is not one that may do this."),
            AccessRefusal.SCOPE: catalogue.text("This token was not given for that."),
            AccessRefusal.BARRED: catalogue.text(
                "You are barred from this case. Ask a supervisor."
            ),
            AccessRefusal.NOT_IN_CHARGE: catalogue.text(
                "Nobody with this name is on your caseload. Ask the officer in charge, or a "
                "supervisor."
            ),
            AccessRefusal.ANOTHER_PERSON: catalogue.text(
                "There is nothing under this name in your own record."
            ),
            AccessRefusal.PURPOSE: catalogue.text(
                "Say for what purpose you look; this one is not for your account."
            ),
            AccessRefusal.CASE_NUMBER: catalogue.text(
                "Give the number of the case for which you look."
            ),
            AccessRefusal.NO_GROUND: catalogue.text(
                "A trail is shown for an incident or a recorded ground. There is none."
            ),
            AccessRefusal.OUTSIDE_GROUND: catalogue.text(
                "The incident or the ground does not reach to the time you asked for."
            ),
            AccessRefusal.SAME_EYES: catalogue.text("Somebody else must do this, not you again."),
            AccessRefusal.NEW_EYES: catalogue.text(
                "One account was opened or reset lately by the other, or by the same supervisor. "
                "Ask a third person."
            ),
            AccessRefusal.NOT_YOURS: catalogue.text(
                "Only the person who did this may take it back."
            ),
            AccessRefusal.SIGN_IN: catalogue.text("Name, password or code is not right."),
            AccessRefusal.WAIT: catalogue.text(
                "There were too many tries. Wait a while and try again."
            ),
            AccessRefusal.LINK: catalogue.text(
                "This link or code is not valid, or was used before."
            ),
            AccessRefusal.SESSION: catalogue.text("Sign in, please."),
            AccessRefusal.NOT_RECENT: catalogue.text("Sign in again first, and do it soon after."),
        }[self]
