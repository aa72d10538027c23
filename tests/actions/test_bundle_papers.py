"""The court's papers go into a bundle by somebody on the case, once, and it is in the log."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from mesure.actions.bundles import bundle_papers
from mesure.actions.bundles.bundle_papers import BUNDLE_PAPERS, AddPapers
from mesure.actions.orders import court_papers
from mesure.actions.orders.court_papers import AttachPaper
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, NotAllowedError
from tests.service import bundled
from tests.service.bundled import OFFICER, PERSON, SUPERVISOR, Bundled

COURT = b"%PDF-1.7 the court orders"


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Bundled]:
    with bundled.open_case(tmp_path) as case:
        yield case


def test_where_no_paper_is_attached_it_is_refused(case: Bundled) -> None:
    with pytest.raises(ActionConflictError) as caught:
        case.office.do(OFFICER, bundle_papers.add, AddPapers(case.incident().id))
    assert caught.value.reason is ActionRefusal.NO_PAPER


def test_the_first_who_asks_stands_in_the_record_and_each_in_the_log(case: Bundled) -> None:
    case.office.do(OFFICER, court_papers.attach, AttachPaper("A-1", 1, "order.pdf", COURT))
    incident = case.incident().id
    for actor in (OFFICER, SUPERVISOR):
        case.office.do(actor, bundle_papers.add, AddPapers(incident))
        last = case.office.last()
        assert (last["action"], last["by"]) == ("bundle.add_papers", actor.account)
        assert last["facts"]["papers"] == [sha256(COURT).hexdigest()]
    records = []
    case.office.write(lambda rows, _: records.append(rows.get(BUNDLE_PAPERS, incident)))
    [record] = records
    assert (record.value.added_by, record.person) == (OFFICER.account, "P-1")


def test_the_persons_own_side_puts_none_in(case: Bundled) -> None:
    with pytest.raises(NotAllowedError):
        case.office.do(PERSON, bundle_papers.add, AddPapers(case.incident().id))
