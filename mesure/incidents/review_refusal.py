"""Review refusals: why a step of a review or contest cannot be taken, in words."""

from mesure.orders.text.sayings import TranslatableEnum


class ReviewRefusal(TranslatableEnum):
    """The reason in one word."""

    NOT_SEEN = "not_seen", "Look at the evidence first; then decide."
    FOUND_ALREADY = "found_already", "There is a finding already."
    WAITS_FOR_SECOND = "waits_for_second", "A finding waits for a second officer."
    NOTHING_PROPOSED = "nothing_proposed", "No finding waits for a second officer."
    SAME_EYES = "same_eyes", "Somebody else must do this, not you again."
    OUTCOME = (
        "outcome",
        "This cannot be concluded here: a silence, or something about a device, is never a breach.",
    )
    CAUSE = "cause", "This cause does not go with this finding."
    REASON = "reason", "Write in your own words why; nobody else can. If you did, it is too long."
    NOTHING_TO_UNDO = "nothing_to_undo", "There is nothing to take back."
    TOO_LATE = "too_late", "The time for this is over."
    NOT_YOURS = "not_yours", "Only the person who did this may take it back."
    CONTESTED = (
        "contested",
        "The person contests this. Somebody who had no part in it decides again.",
    )
    NO_CONTEST = "no_contest", "Nothing is contested here."
    CONTESTED_ALREADY = "contested_already", "This is contested already."
    ANSWERED_ALREADY = (
        "answered_already",
        "This was contested and answered before. A court may still be asked.",
    )
    WORSE = "worse", "A person who contests a finding must not be worse off for it."
    NOT_BRIEF = (
        "not_brief",
        "This needs an answer of its own: it lasts, was long, or the person wrote about it.",
    )
    WITHDRAWN = (
        "withdrawn",
        "Late evidence refuted this: nothing can be held against the person any more.",
    )
