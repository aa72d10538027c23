"""Trial messages in words: what became of one, and why none can be sent."""

from dataclasses import dataclass

from mesure.actions.accounts import contact_addresses
from mesure.actions.cases import contact_check
from mesure.actions.cases.contact_check import TrialState
from mesure.actions.records.procedure import Procedure
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.orders.text.catalogue import Catalogue
from mesure.web.shared.form_fields import FormFields
from mesure.web.shared.words.page_texts import PageTexts


@dataclass(frozen=True, slots=True)
class TrialLine:
    """A sentence, the kind of its notice, and whether it may change in a moment."""

    words: str
    kind: str
    changes: bool


def unreachable(
    procedure: Procedure, email: str | None, phone: str | None, texts: PageTexts
) -> str:
    """Return why no message can be sent to somebody whose addresses are known; empty: it can."""
    refusal = contact_check.no_way(procedure, email, phone)
    if refusal is None or refusal is ActionRefusal.NO_CONTACT:
        return ""
    return refusal.in_words(texts.catalogue)


def to_person(state: TrialState, catalogue: PageTexts) -> TrialLine:
    """Return what became of a message to a person, for its sender."""
    if state is TrialState.BY_MAIL:
        words = catalogue.text("The mail server took the test message. Ask the person if it came.")
        return TrialLine(words, "done", changes=False)
    if state is TrialState.BY_PHONE:
        words = catalogue.text(
            "The text message service took the test message. Ask the person if it came."
        )
        return TrialLine(words, "done", changes=False)
    return _unsent(state, catalogue)


def to_own_person(state: TrialState, catalogue: PageTexts) -> TrialLine:
    """Return what became of a message to the person who sent it to themselves."""
    if state is TrialState.BY_PHONE:
        words = catalogue.text("The text message service took the test message. Look if it came.")
        return TrialLine(words, "done", changes=False)
    return to_oneself(state, catalogue)


def read_addresses(form: FormFields, catalogue: Catalogue) -> tuple[str | None, str | None]:
    """Return the number of a phone and the e-mail address of a form, as far as they were typed."""
    phone, email = (form.value(name).strip() or None for name in ("phone", "email"))
    if phone is not None and contact_addresses.phone(phone) is None:
        form.refuse("phone", ActionRefusal.PHONE.in_words(catalogue))
    if email is not None and contact_addresses.email(email) is None:
        form.refuse("email", ActionRefusal.EMAIL.in_words(catalogue))
    return phone, email


def to_oneself(state: TrialState, catalogue: PageTexts) -> TrialLine:
    """Return what became of a message to oneself."""
    if state is TrialState.BY_MAIL:
        words = catalogue.text("The mail server took the test message. Look if it came.")
        return TrialLine(words, "done", changes=False)
    return _unsent(state, catalogue)


def _unsent(state: TrialState, catalogue: PageTexts) -> TrialLine:
    if state is TrialState.WAITING:
        return TrialLine(catalogue.text("The test message is being sent."), "wait", changes=True)
    if state is TrialState.PUT_OFF:
        words = catalogue.text(
            "The test message could not be sent yet. It is tried again. "
            "If this stays so, tell the operator."
        )
        return TrialLine(words, "amiss", changes=True)
    words = catalogue.text("The test message was not sent. Tell the operator.")
    return TrialLine(words, "amiss", changes=False)
