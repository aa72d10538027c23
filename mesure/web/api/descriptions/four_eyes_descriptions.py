"""Field descriptions about who must, and who may not, see something."""

from typing import Any, Final

from mesure.web.api.descriptions.examples import ACCOUNT, INSTANT

FIELDS: Final[dict[str, tuple[str, Any]]] = {
    "agrees": ("Whether the one who is asked agrees.", True),
    "answered_at": ("When it was answered; null: not yet.", INSTANT),
    "answered_by": ("The account that answered; null: nobody yet.", ACCOUNT),
    "asked_at": ("When it was asked for.", INSTANT),
    "asked_by": ("The account that asked.", ACCOUNT),
    "VersionRef.sha256": ("The `whole_sha256` of the version that was read.", "00" * 32),
    "whole_sha256": (
        "The hash of a version: its text, its maps, the court's papers; of text alone, `sha256`.",
        "00" * 32,
    ),
    "barred_at": ("When somebody was barred from a case; null: not known.", INSTANT),
    "barred_by": ("Who barred somebody from a case; null: not known.", ACCOUNT),
    "is_named": ("Whether the account itself is barred, or else because of who let it in.", True),
    "unbar_at": ("When somebody asked to lift the bar.", INSTANT),
    "unbar_by": ("Who asked to lift the bar; a second supervisor confirms it.", ACCOUNT),
    "is_doubted": ("Whether a similar danger was turned down lately, so that this waits.", False),
    "IncidentShown.attempts": ("Steps that somebody tried and that were refused.", []),
    "Trail.judged_by": (
        "By whose thresholds the incident is judged; null: the trail is not that of an incident.",
        None,
    ),
    "by_versions": (
        "The versions of the order by which each part was judged; several if it was varied.",
        [],
    ),
    "AssessmentPart.number": ("The number of the version; null: it is no longer kept.", 2),
    "AssessmentPart.sha256": ("The hash of the text of the version.", "00" * 32),
    "AssessmentView.unsigned": ("Whether anything that no device signed was used.", False),
}
