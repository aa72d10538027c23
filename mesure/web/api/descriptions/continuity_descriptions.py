"""Field descriptions about what passes between officers, and what was left overdue."""

from typing import Any, Final

from mesure.web.api.descriptions.examples import ACCOUNT, INSTANT

FIELDS: Final[dict[str, tuple[str, Any]]] = {
    "WorkItem.brought_at": (
        "Since when supervisors have known that it is overdue; null: they were not told.",
        None,
    ),
    "OverdueView.item": ("What was left, by its id; of a contest, its incident.", "I-5f1c9a"),
    "OverdueView.kind": ("Of an incident, its kind; of an absence, how it came in.", "silent"),
    "OverdueView.officer": ("On whose list of cases the person is; null: on nobody’s.", ACCOUNT),
    "OverdueView.due_at": ("By when it was to be decided or answered.", INSTANT),
    "OverdueView.brought_at": ("Since when supervisors have known of it.", INSTANT),
}
