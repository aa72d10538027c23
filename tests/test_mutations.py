"""Each row that says "met" has a deliberate fault that a test named there must notice.

That the tests notice is shown by `python -m tools.mutations` (`make mutations`, `make long`); here
the catalogue is held against the pages and the code, so that no fault of it goes stale.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import ROOT
from tests.test_requirements import WHOLE, TableRow, every
from tools.mutations import mutation_list, mutation_run, simulated
from tools.mutations.__main__ import choose_mutations
from tools.mutations.mutation_list import Mutation
from tools.mutations.mutation_run import Copy, Outcome

pytestmark = pytest.mark.once

MUTATIONS = mutation_list.read()
PREFIXES = {"docs/requirements.md": "", "docs/law.md": "law ", "docs/threat_model.md": "threat "}
# Of these pages also what is met in part must be able to fail.
IN_PART_TOO = {"docs/requirements.md", "docs/threat_model.md"}
SPAN = "tests/orders/test_wall_clock.py"


def name_of(row: TableRow) -> str:
    return PREFIXES[row.page] + row.id


def is_claimed(row: TableRow) -> bool:
    return row.state in WHOLE or (row.state == "in part" and row.page in IN_PART_TOO)


ROWS = {name_of(row): row for row in every()}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=str)
def test_a_mutation_still_fits_the_code_and_its_test_stands_in_its_row(mutation: Mutation) -> None:
    spoilt = mutation.spoil(ROOT)
    assert spoilt != (mutation.was and (ROOT / mutation.file).read_text("utf-8"))
    shown_by = [ROWS[name].shown_by for name in mutation.rows]
    assert any(f"`{mutation.test}`" in tests for tests in shown_by)


def test_a_spoilt_file_still_runs_and_names_nothing_that_is_gone(tmp_path: Path) -> None:
    """Else the test fails because nothing runs, and says nothing of the fault."""
    for number, mutation in enumerate([*MUTATIONS, *simulated.read()]):
        if mutation.file.endswith(".py"):
            (tmp_path / f"{number}.py").write_text(mutation.spoil(ROOT), "utf-8")
    assert find_undefined(tmp_path) == ""
    (tmp_path / "gone.py").write_text("def act(doing: Doing) -> None: ...\n", "utf-8")
    assert "Undefined name `Doing`" in find_undefined(tmp_path)


def find_undefined(folder: Path) -> str:
    """Return what ruff says of names that nothing defines, and of what is no Python."""
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F821", "-q"]
    run = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False)
    return run.stdout


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if is_claimed(row)])
def test_each_row_that_is_claimed_has_a_mutation(name: str) -> None:
    assert any(name in mutation.rows for mutation in MUTATIONS)


def make_mutation(file: str, was: str, becomes: str, test: str = f"{SPAN}") -> Mutation:
    return Mutation(("R1",), "a fault", file, was, becomes, test)


@pytest.mark.parametrize(
    ("mutation", "phrase"),
    [
        (make_mutation("mesure/orders/no_such.py", "x", "y"), "there is no"),
        (make_mutation("mesure/orders/values/span.py", "no such text", "y"), "occurs 0 times"),
        (
            make_mutation("mesure/orders/values/span.py", "self", "y"),
            "write a text that occurs once",
        ),
        (make_mutation("mesure/orders/values/span.py", "", "y"), "exists"),
    ],
)
def test_a_mutation_that_went_stale_says_what_to_do(mutation: Mutation, phrase: str) -> None:
    with pytest.raises(ValueError, match=phrase):
        mutation.spoil(ROOT)


def test_what_no_test_notices_and_what_does_not_run_are_told_from_what_is_noticed(
    tmp_path: Path,
) -> None:
    copy = Copy(tmp_path)
    span = (ROOT / "mesure/orders/values/span.py").read_text("utf-8")
    first = span.partition("\n")[0]
    outcomes = [
        copy.try_out(mutation)[0]
        for mutation in (
            make_mutation("mesure/orders/values/span.py", first, first + " "),
            make_mutation("mesure/orders/values/span.py", first, "def :"),
            make_mutation("mesure/orders/values/span.py", "self.start <= ", "self.start < "),
        )
    ]
    assert outcomes == [Outcome.MISSED, Outcome.BROKEN, Outcome.NOTICED]
    assert (copy.root / "mesure/orders/values/span.py").read_text("utf-8") == span
    assert copy.passes([SPAN])[0]


def test_a_test_that_does_not_end_is_no_notice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutation_run, "TEST_S_MAX", 0.01)
    outcome, printed = Copy(tmp_path).try_out(
        make_mutation("mesure/orders/values/span.py", "self.start <= ", "")
    )
    assert outcome is Outcome.BROKEN
    assert "did not end within 0.01 s" in printed


def test_one_in_so_many_is_chosen_or_those_of_a_row() -> None:
    assert choose_mutations(MUTATIONS, [], 10) == MUTATIONS[::10]
    in_turns = [
        mutation
        for turn in range(2_000, 2_010)
        for mutation in choose_mutations(MUTATIONS, [], 10, turn)
    ]
    assert sorted(map(str, in_turns)) == sorted(map(str, MUTATIONS))
    assert choose_mutations(MUTATIONS, ["R11"], 10) == [
        mutation for mutation in MUTATIONS if "R11" in mutation.rows
    ]
    with pytest.raises(ValueError, match="an entry has"):
        mutation_list._mutation({"rows": []})


# --- Faults that seeds of the whole find ---------------------------------------------------------


@pytest.mark.parametrize("mutation", simulated.read(), ids=str)
def test_a_fault_for_the_seeds_still_fits_the_code(mutation: Mutation) -> None:
    assert mutation.spoil(ROOT) != (ROOT / mutation.file).read_text("utf-8")


def test_there_are_faults_in_every_area() -> None:
    areas = {mutation.rows[0] for mutation in simulated.read()}
    assert areas >= {
        "receiving", "evaluation", "checkpoint", "store", "erasure", "authorisation", "audit",
        "notification", "import",
    }  # fmt: skip
    assert len(simulated.read()) >= 40
