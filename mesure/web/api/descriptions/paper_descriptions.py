"""Field descriptions about the papers of the court."""

from typing import Any, Final

from mesure.web.api.descriptions.examples import ACCOUNT

FIELDS: Final[dict[str, tuple[str, Any]]] = {
    "papers": ("The papers of the court behind it.", []),
    "CourtPaperView.paper": ("A paper of the court, by its id.", "Q-mfrggzdfmztwq2lk"),
    "CourtPaperView.name": ("What the paper is called.", "decision 7.pdf"),
    "CourtPaperView.number": ("The number of the version; 0: it belongs to a draft.", 1),
    "CourtPaperView.sha256": ("The hash of the paper, in hexadecimal digits.", "00" * 32),
    "CourtPaperView.size": ("How many bytes the paper has.", 9),
    "CourtPaperView.taken_back_at": ("When it was taken back; null: it is kept.", None),
    "taken_back_by": ("The account that took it back; empty: it is kept.", ACCOUNT),
    "AttachPaper.name": ("What the paper is called.", "decision 7.pdf"),
}
