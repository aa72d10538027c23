"""The text of an order while it grows, and what its reader says is wrong with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote, urlencode

from markupsafe import Markup
from starlette.responses import Response

from mesure.actions.orders import order_drafts
from mesure.actions.orders.order_drafts import DraftRequest, DraftView, SaveDraft
from mesure.orders.model.order import OrderVersion
from mesure.orders.reading import order_writer, read_order
from mesure.orders.reading.order_writer import Tree
from mesure.orders.text.order_faults import FileFault, OrderError, RefusedValueError, printable
from mesure.orders.wording import fault_sentences
from mesure.web.console.order_entry.order_fields import Fields
from mesure.web.shared import paper_rows, record_heading
from mesure.web.shared.form_fields import FormFields
from mesure.web.shared.visits import PageVisit

FILE: Final = "order.yaml"
STEPS: Final = ("decision", "dates", "places", "conditions", "absences", "check")


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft that was opened, as the tree of its text."""

    shown: DraftView
    tree: dict[str, Tree]
    files: dict[str, bytes]

    @property
    def address(self) -> str:
        """Return where it is read back."""
        return f"{of_person(self.shown.person)}/drafts/{self.shown.draft}"

    def step(self, name: str) -> str:
        """Return the address of a step."""
        return self.address if name == "check" else f"{self.address}/{name}"

    def group(self, key: str) -> dict[str, Tree]:
        """Return the values under a key, by their names; nothing where no group does."""
        value = self.tree.get(key)
        return dict(value) if isinstance(value, Mapping) else {}

    def text(self, key: str) -> str:
        """Return the text under a key, or nothing."""
        value = self.tree.get(key)
        return value if isinstance(value, str) else ""

    def with_entry(self, key: str, name: str, new_name: str, entry: Tree) -> "Draft":
        """Return the draft with an entry of a group in place of another, or after all others."""
        group = self.group(key)
        if name not in group:
            return replace(self, tree={**self.tree, key: {**group, new_name: entry}})
        pairs = ((new_name, entry) if pair[0] == name else pair for pair in group.items())
        return replace(self, tree={**self.tree, key: dict(pairs)})

    def without(self, key: str, name: str) -> "Draft":
        """Return the draft without an entry of a group."""
        rest = {one: value for one, value in self.group(key).items() if one != name}
        tree = {one: value for one, value in self.tree.items() if one != key or rest}
        return replace(self, tree={**tree, key: rest} if rest else tree)

    def with_file(self, path: str, data: bytes) -> "Draft":
        """Return the draft with a further map."""
        return replace(self, files={**self.files, path: data})

    def to_bytes(self) -> bytes:
        """Return the text of the order, as it is now."""
        same = _tree(self.shown.text) == self.tree
        return self.shown.text if same else order_writer.text(self.tree).encode()


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A place, a condition or an absence, as the list of a step has it."""

    title: str
    lines: tuple[str, ...]  # In words; none while it cannot be read.
    faults: tuple[str, ...]
    address: str
    remove: str
    measured: str = ""  # Where the point at which a device shows a circle is entered.


def of_person(person: str) -> str:
    """Return the address of a person's orders."""
    return f"/console/orders/of/{quote(person, safe='')}"


def version_of(person: str, order: str, number: int) -> str:
    """Return the address of a version that was entered."""
    return f"{of_person(person)}/version?{urlencode({'order': order, 'number': number})}"


def open_draft(visit: PageVisit) -> Draft:
    """Open the draft that the address names."""
    purpose, number = record_heading.why(visit, visit.path("person"))
    request = DraftRequest(draft=visit.path("draft"), purpose=purpose, case_number=number)
    shown = visit.perform(order_drafts.show, request)
    return Draft(shown, _tree(shown.text), shown.files)


def _tree(text: bytes) -> dict[str, Tree]:
    """Return the tree of a text; nothing where it has none, as one that a program kept may."""
    try:
        return order_writer.tree(FILE, text)
    except OrderError:
        return {}


def keep(visit: PageVisit, draft: Draft, before: Draft) -> bool:
    """Keep a draft as it is now; a refusal is noted, and then nothing is kept."""
    new = {path: data for path, data in draft.files.items() if path not in before.files}
    request = SaveDraft(draft.shown.draft, revision(visit, before), draft.to_bytes(), new)
    return visit.try_action(order_drafts.keep, request, "form")


def revision(visit: PageVisit, draft: Draft) -> int:
    """Return which revision the page showed on which somebody changed something."""
    shown = visit.form.count("revision")
    return draft.shown.revision if shown is None else shown


# --- Reading what there is ---------------------------------------------------------------------


def read(draft: Draft) -> tuple[OrderVersion | None, tuple[FileFault, ...]]:
    """Return the order that the draft is, or everything that is wrong with it."""
    try:
        return read_order.read(FILE, draft.to_bytes(), draft.files), ()
    except OrderError as error:
        return None, error.faults


def sentence(wrong: FileFault | RefusedValueError, visit: PageVisit) -> str:
    """Return what is wrong, why that matters and what to do, in the language of the page."""
    words = fault_sentences.sentence(wrong.what, wrong.why, wrong.remedy, visit.texts.catalogue)
    return words[:1].upper() + words[1:]


def beneath(fault: FileFault, path: str) -> str | None:
    """Return the key of a fault below a path; None where it is elsewhere.

    >>> fault = FileFault("o", 1, "places.home.radius_m", "a", "b", "c")
    >>> beneath(fault, "places.home"), beneath(fault, "places.ho")
    ('radius_m', None)
    """
    if fault.key == path:
        return ""
    rest = fault.key.removeprefix(path)
    return rest[1:] if rest != fault.key and rest[0] in ".[" else None


def path_of(key: str, name: str) -> str:
    """Return where the reader of orders says that an entry of a group is."""
    return f"{key}.{printable(name)}"


def refuse(visit: PageVisit, draft: Draft, path: str, field_of: Callable[[str], str]) -> None:
    """Note at its field what is wrong with a part of the order."""
    _, faults = read(draft)
    for fault in faults:
        rest = beneath(fault, path)
        if rest is not None:
            add(visit.form, field_of(rest), sentence(fault, visit))


def add(form: FormFields, name: str, text: str) -> None:
    """Note a fault at a field that may have others."""
    before = form.fault(name)
    form.faults[name] = Markup("{} {}").format(before, text) if before else text


# --- Steps -------------------------------------------------------------------------------------


def fill_form(visit: PageVisit, values: Fields) -> PageVisit:
    """Return the visit with fields that are filled in with what is kept."""
    return replace(visit, form=FormFields(values))


def onward(visit: PageVisit, draft: Draft, step: str) -> Response:
    """Send the browser to the next step, or back to where everything is read back."""
    if visit.query_value("back") == "check":
        return visit.to(draft.address)
    return visit.to(draft.step(STEPS[STEPS.index(step) + 1]))


def page(
    visit: PageVisit, draft: Draft, step: str, template: str, status: int = 200, /, **more: object
) -> Response:
    """Return the page of a step."""
    number = STEPS.index(step)
    back = draft.address if visit.query_value("back") else None
    if back is None and number:
        back = draft.step(STEPS[number - 1])
    of_papers = f"{of_person(draft.shown.person)}/papers"
    return visit.page(
        template,
        status,
        draft=draft,
        papers=paper_rows.rows(draft.shown.papers, visit, of_papers),
        number=number + 1,
        count=len(STEPS),
        back=back or of_person(draft.shown.person),
        **more,
    )
