"""Review refusals: why a step of a review or contest cannot be taken, in words."""

from enum import StrEnum

from mesure.orders.text.catalogue import Catalogue


class ReviewRefusal(StrEnum):
    """The reason in one word."""

    NOT_SEEN = "not_seen"
    FOUND_ALREADY = "found_already"
    WAITS_FOR_SECOND = "waits_for_second"
    NOTHING_PROPOSED = "nothing_proposed"
    SAME_EYES = "same_eyes"
    OUTCOME = "outcome"
    CAUSE = "cause"
    REASON = "reason"
    NOTHING_TO_UNDO = "nothing_to_undo"
    TOO_LATE = "too_late"
    NOT_YOURS = "not_yours"
    CONTESTED = "contested"
    NO_CONTEST = "no_contest"
    CONTESTED_ALREADY = "contested_already"
    ANSWERED_ALREADY = "answered_already"
    WORSE = "worse"
    NOT_BRIEF = "not_brief"
    WITHDRAWN = "withdrawn"

    def in_words(self, catalogue: Catalogue) -> str:
        """Return the reason in a sentence."""
        return {
            ReviewRefusal.NOT_SEEN: catalogue.text("Look at the evidence first; then decide."),
            ReviewRefusal.FOUND_ALREADY: catalogue.text("There is a finding already."),
            ReviewRefusal.WAITS_FOR_SECOND: catalogue.text("A finding waits for a second officer."),
            ReviewRefusal.NOTHING_PROPOSED: catalogue.text(
                "No finding waits for a second officer."
            ),
            ReviewRefusal.SAME_EYES: catalogue.text("Somebody else must do this, not you again."),
            ReviewRefusal.OUTCOME: catalogue.text(
                "This cannot be concluded here: a silence, or something about a device, is never "
                "a breach."
            ),
            ReviewRefusal.CAUSE: catalogue.text("This cause does not go with this finding."),
            ReviewRefusal.REASON: catalogue.text(
                "Write in your own words why; nobody else can. If you did, it is too long."
            ),
            ReviewRefusal.NOTHING_TO_UNDO: catalogue.text("There is nothing to take back."),
            ReviewRefusal.TOO_LATE: catalogue.text("The time for this is over."),
            ReviewRefusal.NOT_YOURS: catalogue.text(
                "Only the person who did this may take it back."
            ),
            ReviewRefusal.CONTESTED: catalogue.text(
                "The person contests this. Somebody who had no part in it decides again."
            ),
            ReviewRefusal.NO_CONTEST: catalogue.text("Nothing is contested here."),
            ReviewRefusal.CONTESTED_ALREADY: catalogue.text("This is contested already."),
            ReviewRefusal.WORSE: catalogue.text(
                "A person who contests a finding must not be worse off for it."
            ),
            ReviewRefusal.NOT_BRIEF: catalogue.text(
                "This needs an answer of its own: it lasts, was long, or the person wrote about it."
            ),
            ReviewRefusal.WITHDRAWN: catalogue.text(
                "Late evidence refuted this: nothing can be held against the person any more."
            ),
            ReviewRefusal.ANSWERED_ALREADY: catalogue.text(
                "This was contested and answered before. A court may still be asked."
            ),
        }[self]
