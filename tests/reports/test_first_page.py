import pytest

from mesure.machine import texts
from mesure.reports.downloads import first_page
from mesure.reports.downloads.first_page import FileRow, FirstPage, Section
from tests.reports.factory import English

ENGLISH = English()
PAGE = FirstPage(
    "Evidence <bundle>",
    ["It is about “A&B”.", 'He wrote #panic("x")'],
    [
        *first_page.own_rows(ENGLISH, has_pdf=True),
        FileRow("content/a b.csv", "A table.", "10 May – 11 May", 12_345, "ab" * 32),
    ],
    [Section("Whom to ask", ["The officer.", "A lawyer."])],
)


def test_nothing_that_anybody_wrote_becomes_markup() -> None:
    html = first_page.html(PAGE, ENGLISH)
    assert "<h1>Evidence &lt;bundle&gt;</h1>" in html
    assert "A&amp;B" in html
    source = first_page.source(PAGE, ENGLISH)
    assert '#par[#"He wrote #panic(\\"x\\")"]' in source


def test_each_file_is_a_row_with_its_time_size_and_hash_on_the_page_and_on_paper() -> None:
    html, source = first_page.html(PAGE, ENGLISH), first_page.source(PAGE, ENGLISH)
    assert html.count("<tr>") == 1 + len(PAGE.files)
    assert '<a href="content/a b.csv">content/a b.csv</a>' in html
    for phrase in ("10 May – 11 May", "12\u00a0345", "ab" * 32, "A table."):
        assert phrase in html
        assert phrase in source
    assert source.count("#block(") == len(PAGE.files)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Bytes: "), ("fr", "Octets\u00a0: "), ("ru", "Байты: "), ("kk", "Байт: ")],
)
def test_the_size_of_a_file_is_in_the_language_of_its_page(language: str, words: str) -> None:
    catalogue = texts.catalogue(language)
    assert f"{words}12\u00a0345" in first_page.source(PAGE, catalogue)
    assert f'data-label="{words}"' in first_page.html(PAGE, catalogue)


def test_the_page_lists_itself_and_its_pdf_only_where_there_is_one() -> None:
    assert [row.path for row in first_page.own_rows(ENGLISH, has_pdf=True)] == [
        "README.html",
        "README.pdf",
    ]
    assert [row.path for row in first_page.own_rows(ENGLISH, has_pdf=False)] == ["README.html"]


def test_the_sections_stand_on_both() -> None:
    for text in (first_page.html(PAGE, ENGLISH), first_page.source(PAGE, ENGLISH)):
        assert text.index("Whom to ask") < text.index("The officer.") < text.index("A lawyer.")
