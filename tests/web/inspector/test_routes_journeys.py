"""An inspector at a browser without a script: read the figures, search, check the log."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest

from mesure.actions.accounts.sessions import SESSION, SessionRecord
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import PROGRAM, Actor
from mesure.actions.incidents.statistics import StatisticsRequest, count, show
from mesure.actions.records import tokens
from mesure.actions.refusals.refusals import NotAllowedError
from mesure.audit import checkpoints, proof_file
from mesure.audit.checkpoints import LogCheckpoint
from mesure.audit.proofs import TreeHead
from mesure.audit.tree import leaf_hash
from mesure.privacy.roles import Role
from mesure.reports.statistics import programme_statistics
from tests.actions import house
from tests.actions.house import Office
from tests.audit.samples import LOG_SECRET, ORIGIN, TRUST
from tests.web import counted, filled
from tests.web.browsing import Browser
from tests.web.filled import Evening

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=ZoneInfo("Asia/Almaty"))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with house.office(tmp_path_factory.mktemp("inspected")) as office:
        office.now = NOW
        counted.fill(office)
        yield office


@pytest.fixture(scope="module")
def inspector(office: Office) -> Browser:
    return sign_in(office, "Dana Iskakova", Role.INSPECTOR)


def sign_in(office: Office, name: str, role: Role) -> Browser:
    """Return the browser of somebody who has signed in."""
    return as_actor(office, office.account(name, role))


def as_actor(office: Office, actor: Actor) -> Browser:
    token = f"session of {actor.account}"
    session = SessionRecord(actor.account, office.now, office.now)
    office.write(lambda rows, _: rows.add(SESSION, tokens.hash_secret(token), session))
    browser = Browser(office)
    browser.cookies.set("mesure", token)
    return browser


# --- Figures -----------------------------------------------------------------------------------


def test_the_figures_are_drawn_with_a_table_under_each_chart(inspector: Browser) -> None:
    page = inspector.open("/inspector")
    assert inspector.status == 200
    for phrase in ("Quarter by quarter", "What became of them", "This software suggests none.",
                 "Findings of a breach, by how sure the evidence was"):  # fmt: skip
        assert phrase in inspector.text
    charts = page.count('class="card chart"')
    assert charts >= 8
    assert page.count("<table") == charts
    assert "style=" not in page
    assert page.count('class="bar"') > 10


def test_a_quarter_can_be_chosen_and_one_that_is_not_there_is_said(inspector: Browser) -> None:
    inspector.open("/inspector?period=2026-3")
    assert inspector.status == 200
    assert '<option value="2026-3" selected>' in inspector.page
    inspector.open("/inspector?period=1999")
    assert inspector.status == 404


def test_many_who_are_hidden_for_a_few_are_not_called_few(tmp_path: Path, night: Evening) -> None:
    """25 persons, of whom one is of a court that is known: only that court is hidden."""
    notice = "Nothing is shown of this time. It is about fewer than five people, or it"
    with house.office(tmp_path) as office:
        filled.fill(office, night)
        office.do(PROGRAM, count, EmptyRequest())
        alone = sign_in(office, "Aidar", Role.INSPECTOR).open("/inspector?period=2026")
        counted.fill(office)
        page = sign_in(office, "Aliya", Role.INSPECTOR).open("/inspector?period=2026")
    assert notice in alone
    assert notice not in page
    assert "There are fewer than five people" not in alone + page
    by_court = page[page.index("Findings of no breach, by court") :]
    assert by_court[: by_court.index("</table>")].count("not shown") >= 2
    assert "not known" in by_court


def test_no_name_of_a_person_or_an_officer_stands_on_the_page(inspector: Browser) -> None:
    page = inspector.open("/inspector") + inspector.open("/inspector?period=2026-1")
    assert not [name for name in ("C-00", "ann", "bob") if f">{name}" in page]


@pytest.mark.parametrize("language", ["fr", "ru", "kk"])
def test_the_figures_are_there_in_every_language(office: Office, language: str) -> None:
    browser = sign_in(office, f"Inspector {language}", Role.INSPECTOR)
    browser.cookies.set("mesure_language", language)
    browser.open("/inspector")
    assert browser.status == 200
    assert f'<html lang="{language}">' in browser.page


def test_other_programs_get_the_same_figures(inspector: Browser) -> None:
    text = inspector.open("/inspector/statistics.csv?period=2026")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert set(rows[0]) == set(programme_statistics.COLUMNS)
    assert (rows[0]["period"], rows[0]["breakdown"]) == ("2026", "all")
    inspector.open("/inspector/statistics.parquet?period=2026")
    table = pq.read_table(io.BytesIO(inspector.content))
    assert table.num_rows == len(rows)
    assert str(table["incidents"][0].as_py()) == rows[0]["incidents"]


def test_nothing_counted_is_said_and_can_be_exported(tmp_path: Path) -> None:
    with house.office(tmp_path) as office:
        browser = sign_in(office, "Dana", Role.INSPECTOR)
        browser.open("/inspector")
        assert "Nothing was counted yet." in browser.text
        browser.open("/inspector/statistics.csv")
        assert browser.page.count("\n") == 1
        browser.open("/inspector/log")
        assert "The log was not signed yet." in browser.text
        browser.open("/inspector/log/proof?entry=0")
        assert browser.address == "/inspector/log"


# --- Who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "opens"),
    [
        (Role.INSPECTOR, {"", "/record", "/log", "/help"}),
        (Role.SUPERVISOR, {"", "/log", "/help"}),
        (Role.OFFICER, set()),
        (Role.OPERATOR, {"/log", "/help"}),
    ],
)
def test_each_page_is_for_some(office: Office, role: Role, opens: set[str]) -> None:
    browser = sign_in(office, f"somebody as {role}", role)
    for path in ("", "/record", "/log", "/help"):
        browser.open(f"/inspector{path}")
        assert browser.status == (200 if path in opens else 403), path


def test_a_visitor_is_sent_to_the_door(office: Office) -> None:
    browser = Browser(office)
    browser.open("/inspector/log")
    assert browser.address == "/sign-in"


# --- What was done ------------------------------------------------------------------------------


def test_a_search_finds_what_was_done_and_is_itself_found(inspector: Browser) -> None:
    inspector.open("/inspector")  # It shows the figures, which is what is searched for.
    inspector.open("/inspector/record")
    inspector.open("/inspector/record?by=action&search=1")
    assert inspector.status == 422
    assert "Enter the number of the case." in inspector.text
    query = "search=1&case_number=INSP-7"
    inspector.open(f"/inspector/record?by=action&action=statistics.show&{query}")
    assert "Dana Iskakova" in inspector.text
    assert "to inspect how the service works" in inspector.text
    inspector.open(f"/inspector/record?by=day&day={NOW.date()}&{query}")
    assert "searched the record of what was done" in inspector.text
    assert "INSP-7" in inspector.text
    inspector.open(f"/inspector/record?by=day&day=yesterday&{query}")
    assert "This is not a day." in inspector.text


def test_a_refusal_is_found_by_its_reason(office: Office, inspector: Browser) -> None:
    officer = office.account("Amina", Role.OFFICER)
    with pytest.raises(NotAllowedError):
        office.do(officer, show, StatisticsRequest())
    inspector.open("/inspector/record?by=refused&refused=role&search=1&case_number=INSP-7")
    assert "Amina" in inspector.text
    assert "refused" in inspector.text
    inspector.open("/inspector/record?by=account&account=Amina&search=1&case_number=INSP-7")
    assert "read the statistics" in inspector.text
    inspector.open("/inspector/record?by=account&account=nobody&search=1&case_number=INSP-7")
    assert "Nothing was found." in inspector.text


def test_many_lines_come_page_by_page(inspector: Browser) -> None:
    for _ in range(110):
        inspector.office.do(Actor("Dana Iskakova", Role.INSPECTOR), show, StatisticsRequest())
    page = inspector.open(
        "/inspector/record?by=action&action=statistics.show&search=1&case_number=INSP-7"
    )
    later = page.partition('<nav class="pages')[2].partition('href="')[2].partition('"')[0]
    inspector.open(later.replace("&amp;", "&"))
    assert inspector.status == 200
    assert inspector.page.count("<span>read the statistics</span>") > 5


# --- The log ------------------------------------------------------------------------------------


def test_an_entry_is_proved_and_the_proof_holds_elsewhere(
    office: Office, inspector: Browser
) -> None:
    counted.sign_log(office)
    inspector.open("/inspector/log?entry=1")
    assert "Entry 1 is in the log, and the checkpoint covers it." in inspector.text
    text = inspector.open("/inspector/log/proof?entry=1")
    with office.store.read() as reading:
        opening = reading.record_opening(1)
    assert opening is not None
    checkpoint, _ = proof_file.examine(proof_file.read(text), opening, TRUST)
    assert checkpoint.head.size > 1
    inspector.open("/inspector/log?entry=999999")
    assert "The log has no entry of this number." in inspector.text


def test_the_log_goes_on_from_a_checkpoint_that_was_kept(
    office: Office, inspector: Browser
) -> None:
    counted.sign_log(office)
    checkpoint = inspector.open("/inspector/log/checkpoint")
    office.account("Somebody new", Role.OFFICER)
    office.do(PROGRAM, count, EmptyRequest())
    counted.sign_log(office)
    inspector.open("/inspector/log")
    inspector.send("/inspector/log", kept=checkpoint.replace("\n", "\r\n"))
    assert "Nothing of them has changed." in inspector.text
    inspector.send("/inspector/log", kept="what is this?")
    assert inspector.status == 422
    assert "This is no checkpoint." in inspector.text


def test_the_log_goes_on_from_a_checkpoint_of_its_first_entry(
    office: Office, inspector: Browser
) -> None:
    counted.sign_log(office)
    with office.store.read() as reading:
        [line] = reading.entries(0, 1)
    first = LogCheckpoint(ORIGIN, TreeHead(1, leaf_hash(line)))
    inspector.open("/inspector/log")
    inspector.send("/inspector/log", kept=str(checkpoints.sign(first, LOG_SECRET)))
    assert "The log had 1 entry then, and goes on from it." in inspector.text


def test_another_log_does_not_go_on(office: Office, inspector: Browser) -> None:
    counted.sign_log(office)
    for size in (2, 10**9):
        sworn = LogCheckpoint(ORIGIN, TreeHead(size, bytes(32)))
        inspector.open("/inspector/log")
        inspector.send("/inspector/log", kept=str(checkpoints.sign(sworn, LOG_SECRET)))
        assert "The log does not go on from this checkpoint." in inspector.text


def test_what_was_refused_on_a_page_is_searched_by_its_reason(
    office: Office, inspector: Browser
) -> None:
    operator = sign_in(office, "Operator", Role.OPERATOR)
    operator.open("/console/people/P-1")
    assert operator.status == 403
    inspector.open("/inspector/record?by=refused")
    assert 'value="foreign_request"' in inspector.page
    inspector.open("/inspector/record?by=refused&refused=role&case_number=A-1&search=1")
    assert "asked for a page, or sent a form" in inspector.text
    assert "Your account is not one that may do this. · /console/people/{person}" in inspector.text
