"""Plain words: pages, docstrings and comments say who does what, and promise nothing."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.house import ROOT, files, modules
from tools import text_pages

pytestmark = pytest.mark.once

PAGES = [path for path in files() if path.suffix == ".md"]
SIGNS = list((ROOT / "mesure").rglob("__init__.py"))
DECISIONS = ROOT / "docs" / "decisions"

# Name the officer, the operator, the caller, "anyone with ..."; name the number.
OUT_OF_USE = re.compile(
    r"\b(whoever|nobody's|so\s+many|from\s+afar|behind\s+the\s+cut|at\s+a\s+stroke|whose\s+turn"
    r"|at\s+the\s+(?:least|most)|otherwise\s+than|past\s+the\s+program|(?:is|are)\s+lived"
    r"|(?:is|are|was|were|be|been)\s+(?:told|heard)\s+of|can\s+tell\s+of|as\s+things\s+stand"
    r"|here\s+stands?|stands?\s+here|never\s+met\s+here|read\s+were)\b",
    re.IGNORECASE,
)
# Name who it is: "a person who comes late waits". A question may begin with the bare word.
NOBODY_NAMED = re.compile(
    r"\bWho\s+(?:comes|goes|walks|stays|leaves|holds|stops|wakes|has\s+come|has\s+no)\b[^.?]*\."
)
PROMISE = re.compile(r"\bnot (yet built|built yet)\b", re.IGNORECASE)
LINE_ENDS = re.compile(r"\s*\n\s*(?:#:?\s*)?")  # A phrase may run over lines of a comment.

# Names in the code, and where a link leads, are as they are.
NAMES = re.compile(r"`[^`]*`|\]\([^)]*\)|\bdocs/\S+\.md\b")
TAKEN_OVER = {
    "docs/glossary.md": "| nobody's |",  # The word that it explains.
    "docs/translating.md": "| here stands |",
    "mesure_lab/carrying/unfitted.py": "Whoever changes a number here",  # Its hash is published.
}

# In the signs of rooms, and in the first words of a module: it is there, somebody is notified of
# it, it was received. What stands for something, or in for somebody, may.
NO_FIRST_WORDS = re.compile(
    r"\b(?:stood|told|heard|stands?(?!\s+(?:for|in\s+for|by)\b))\b", re.IGNORECASE
)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def out_of_use(path: str, text: str) -> list[str]:
    """Return the words of a page, or of what a module says of itself, that are out of use."""
    prose = _said_by_code(text) if path.endswith(".py") else text
    own = prose.replace(TAKEN_OVER[path], "", 1) if path in TAKEN_OVER else prose
    plain = NAMES.sub("", own)
    return OUT_OF_USE.findall(plain) + NOBODY_NAMED.findall(plain)


def _said_by_code(source: str) -> str:
    """Return the docstrings and comments of a module; nothing where no such word can be in them."""
    text = LINE_ENDS.sub(" ", source)
    if not OUT_OF_USE.search(text) and not NOBODY_NAMED.search(text):
        return ""
    strings = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Expr))
    texts = [str(node.value) for node in strings if isinstance(node, ast.Constant)]
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    texts += (token.string.lstrip("#: ") for token in tokens if token.type == tokenize.COMMENT)
    return "\n".join(texts)


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_a_page_is_in_plain_english(page: Path) -> None:
    assert not out_of_use(_name(page), page.read_text(encoding="utf-8"))


def test_what_modules_say_of_themselves_is_in_plain_english() -> None:
    ours = modules("mesure", "mesure_lab", "tests", "bench", "tools")
    words = {module.path: out_of_use(module.path, module.source) for module in ours}
    assert not {path: said for path, said in words.items() if said}


def first_words(path: str, docstring: str) -> str:
    """Return what a module says of itself at first; of a sign, all of it."""
    return docstring if path.endswith("__init__.py") else docstring.partition("\n\n")[0]


def test_signs_and_first_words_say_what_is_there() -> None:
    docstrings = {
        module.path: ast.get_docstring(module.tree) or ""
        for module in modules("mesure", "mesure_lab")
    }
    firsts = {path: first_words(path, text) for path, text in docstrings.items()}
    assert len(firsts) > 900
    words = {path: NO_FIRST_WORDS.findall(text) for path, text in firsts.items()}
    assert not {path: said for path, said in words.items() if said}


@pytest.mark.parametrize(
    ("path", "docstring"),
    [
        ("mesure/geo/__init__.py", "Where?\n\nNo order stands\nin it."),
        ("mesure/geo/zones.py", "Zones: what an officer is told."),
        ("mesure/geo/zones.py", "Zones, and when a device was heard."),
    ],
)
def test_first_words_out_of_use_are_found(path: str, docstring: str) -> None:
    assert NO_FIRST_WORDS.search(first_words(path, docstring))


def test_first_words_may_name_a_substitute() -> None:
    assert not NO_FIRST_WORDS.search("A hash stands for a record; who stands in for whom.")
    assert not NO_FIRST_WORDS.search(first_words("mesure/geo/a.py", "A.\n\nIt stands there."))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("docs/api.md", "Whoever asks\nis told."),
        ("docs/decisions/0099-slow.md", "# 0099. Whoever is slow keeps only themselves waiting"),
        ("docs/glossary.md", "| nobody's | a word |\n| share | nobody's |"),
        ("mesure/geo/broken.py", '"""Take so\n    many."""'),
        ("mesure/geo/broken.py", "MOST = 3  # For whoever asks."),
        ("mesure/geo/broken.py", "# They are so\n# many.\nMOST = 3"),
        ("docs/api.md", "It is one reply\nat the most."),
        ("docs/api.md", "A row that was added past the program is named."),
        ("docs/api.md", "An officer is told\nof a silence."),
        ("mesure/geo/broken.py", "LAST = 3  # The last that was heard of."),
        ("docs/zone_check.md", "What positions can tell of a zone."),
        ("docs/law.md", "Each point stands here with its test."),
        ("mesure/geo/broken.py", '"""Console and API are never met here."""'),
        ("docs/law.md", "Read were the title pages."),
        ("docs/api.md", "Who comes late\nwaits."),
        ("mesure/geo/broken.py", "# Who\n# stays is seen.\nMOST = 3"),
    ],
)
def test_a_word_out_of_use_is_found(path: str, text: str) -> None:
    assert out_of_use(path, text)


def test_names_stay_as_they_are() -> None:
    assert not out_of_use("docs/law.md", "`test_whoever_asks`, [0064](0064-whoever-comes-home.md)")
    assert not out_of_use("docs/api.md", "Who comes late? At most one, who stays at home.")


# What pages say, too. "Empty for now" has two meanings.
HARD_TO_READ = re.compile(
    r"\b(whoever|nobody's|nobody’s|so\s+many|persons|anew|empty for now)\b", re.IGNORECASE
)


def test_what_pages_say_is_in_plain_english() -> None:
    texts = [text for source in text_pages.sources(ROOT) for text in source.texts]
    assert len(texts) > 3000
    assert not [text for text in texts if HARD_TO_READ.search(text)]


@pytest.mark.parametrize("text", ["Whoever opens it owns it.", "Leave it empty for now."])
def test_a_text_that_is_hard_to_read_is_found(text: str) -> None:
    assert HARD_TO_READ.search(text)


def test_no_line_of_a_french_page_begins_with_a_mark_of_punctuation() -> None:
    with (ROOT / "mesure/locale/fr/LC_MESSAGES/mesure.po").open("rb") as file:
        catalog = read_po(file, locale="fr")
    texts = [str(message.string) for message in catalog if message.id]
    assert len(texts) > 3000
    parted = re.compile(r"\S [;:?!»]|« ")
    assert not [text for text in texts if parted.search(text)]


@pytest.mark.parametrize(
    "page",
    [ROOT / name for name in ("README.md", "SECURITY.md", "docs/newcomers.md")]
    + [ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *SIGNS],
    ids=_name,
)
def test_a_sign_promises_nothing(page: Path) -> None:
    assert not PROMISE.search(page.read_text(encoding="utf-8"))


def test_no_title_of_a_decision_promises_anything() -> None:
    titles = [page.read_text(encoding="utf-8").splitlines()[0] for page in DECISIONS.glob("0*.md")]
    assert titles
    assert not [title for title in titles if PROMISE.search(title)]
    assert PROMISE.search("A page whose part is not built yet")
