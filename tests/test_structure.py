"""How readable the code is for somebody new may become better, and never worse."""

from dataclasses import fields

import pytest

from tests import house
from tests.house import ROOT, Module
from tools import structure
from tools.structure import Figures

pytestmark = pytest.mark.once

PROJECT = structure.project()

# What was measured last, lines with some room; a smaller figure becomes the bound. Lines grow with
# what is built (the desk, what the judge sees, the simulated whole, a country), and are raised by
# hand for it.
BOUNDS = Figures(
    lines=105_324,
    lab_lines=26_140,
    class_homonyms=0,
    basename_homonyms=0,
    vague_per_1000_lines=1.8,
    vague_per_1000_lines_beside=0.6,
    participle_functions=0,
    files_in_a_folder=12,
    floors_of_a_folder=8,
    floors_of_a_room=19,
    rings=0,
    judge_modules=215,
    judge_lines=30_410,
)


@pytest.fixture(scope="module")
def figures() -> Figures:
    return structure.measure(PROJECT)


@pytest.mark.parametrize("figure", [field.name for field in fields(Figures)])
def test_no_figure_is_worse_than_its_bound(figures: Figures, figure: str) -> None:
    assert getattr(figures, figure) <= getattr(BOUNDS, figure)


def test_only_commands_load_the_laboratory_and_only_when_they_run() -> None:
    product = [module for module in PROJECT if module.path.startswith("mesure/")]
    graph = structure.imports(PROJECT)
    early = [
        module.path
        for module in product
        if any(name.startswith("mesure_lab") for name in graph[structure.import_name(module)])
    ]
    late = [
        module.path
        for module in product
        for name, _ in house.imports(module.tree)
        if name.startswith("mesure_lab")
    ]
    assert early == []
    assert late
    assert all(path.startswith("mesure/cli/") for path in late)


# --- Each figure sees what it counts -------------------------------------------------------------


def test_a_class_name_in_two_modules_is_counted_and_a_private_one_is_not() -> None:
    two = [Module(f"mesure/{name}.py", "class Row: ...\nclass _Row: ...\n") for name in "ab"]
    assert structure.class_homonyms(two) == {"Row": ["mesure/a.py", "mesure/b.py"]}


def test_a_file_name_in_two_folders_is_counted_and_a_sign_is_not() -> None:
    paths = ("mesure/a/rows.py", "mesure/b/rows.py", "mesure/a/__init__.py", "mesure/b/__init__.py")
    assert list(structure.basename_homonyms(Module(path, "") for path in paths)) == ["rows"]


def test_files_of_one_topic_in_the_store_are_siblings() -> None:
    paths = ["mesure/store/sqlite/lists.py", "mesure/store/postgres/lists.py"]
    assert structure.basename_homonyms(Module(path, "") for path in paths) == {}
    paths.append("mesure/web/lists.py")
    assert list(structure.basename_homonyms(Module(path, "") for path in paths)) == ["lists"]


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("one = 1\n", 1),
        ("def rows(found): return found\n", 2),
        ("short = [one for one in rows]\n", 0),
        ("long = [\n    one for one in rows\n]\n", 2),
        ("person = order\n", 0),
        ("from hypothesis import given\ngiven(1)\n", 0),
    ],
)
def test_what_says_nothing_is_counted_but_in_a_short_comprehension(source: str, count: int) -> None:
    assert len(list(structure.vague(Module("mesure/a.py", source)))) == count


def test_a_function_named_by_a_participle_is_counted() -> None:
    source = (
        "def told(): ...\ndef opened_rows(): ...\ndef read(): ...\ndef _told(): ...\n"
        "class A:\n    @property\n    def signed(self): ...\n    def judging(self): ...\n"
        "def test_told(): ...\n"
    )
    places = list(structure.participles([Module("mesure/a.py", source)]))
    assert [place.rsplit(": ", 1)[1] for place in places] == ["told", "opened_rows", "judging"]


def test_a_ring_and_the_floors_of_a_room_are_seen() -> None:
    sources = {"a": "from mesure import b", "b": "import mesure.c", "c": "", "d": "", "e": ""}
    project = [Module(f"mesure/{name}.py", source) for name, source in sources.items()]
    graph = structure.imports(project)
    assert structure.rings(graph) == []
    assert structure.floors(graph, set(graph)) == 3
    graph["mesure.c"].add("mesure.a")
    assert structure.rings(graph) == [["mesure.a", "mesure.b", "mesure.c"]]
    assert structure.floors(graph, set(graph)) >= 3


def test_an_import_for_types_alone_makes_no_ring() -> None:
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from mesure import b\n"
    project = [Module("mesure/a.py", source), Module("mesure/b.py", "from mesure import a\n")]
    assert structure.rings(structure.imports(project)) == []


def test_files_that_lie_in_one_folder_are_counted() -> None:
    paths = ("mesure/a/x.py", "mesure/a/y.py", "mesure/a/__init__.py", "mesure/a/b/z.py")
    counted = structure.files_in_folders(Module(path, "") for path in paths)
    assert counted == {"mesure/a": 2, "mesure/a/b": 1}


def test_the_modules_of_a_judge_are_those_that_its_process_has_imported() -> None:
    names = structure.judge_modules()
    assert structure.JUDGE_PROCESS in names
    assert not any(name.startswith("mesure_lab") for name in names)
    assert (ROOT / "mesure/service/children/judge_process.py").is_file()
