"""First page of an archive: what each file is, for which time, how to check it, and whom to ask.

It is the first file that an archive lists, once as HTML and once as PDF. The reader of an archive
may have no program but a browser. Names of files and of people are shown, and never run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, NamedTuple

from mesure.orders.text.catalogue import Catalogue
from mesure.reports.bundle import bundle_manifest, bundle_paper
from mesure.reports.drawing import picture
from mesure.reports.replay import report_words
from mesure.reports.text import visible_text

HTML, PDF = bundle_manifest.FIRST
_STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;margin:0;"
    "overflow-wrap:anywhere}"
    "main{max-width:60rem;margin:0 auto;padding:1rem}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}"
    "th,td{border-bottom:1px solid #bbb;padding:.4rem;text-align:start;vertical-align:top}"
    "th[scope=row]{min-width:12rem}td.size{white-space:nowrap;text-align:end}"
    "@media(max-width:40rem){thead{display:none}tr{display:block;padding:.5rem 0;"
    "border-bottom:1px solid #bbb}th,td,td.size{display:block;border:0;padding:.1rem 0;"
    "text-align:start}td[data-label]:before{content:attr(data-label)}"
    "td:empty,td.size:empty{display:none}}"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}a{color:#9cf}}"
)
_PAPER: Final = (
    '#set page(paper: "a4", margin: 2cm, footer: context [#h(1fr) '
    "#counter(page).display()/#counter(page).final().first()])"
)


class FileRow(NamedTuple):
    """A file of the archive."""

    path: str
    what: str
    when: str = ""  # From when to when it tells; empty where it is about no time.
    bytes: int | None = None  # None: it is this page, or was made after it.
    sha256: str = ""


class Section(NamedTuple):
    """Sentences below a heading."""

    heading: str
    sentences: Sequence[str]


@dataclass(frozen=True, slots=True)
class FirstPage:
    """What the page says, in one language."""

    title: str
    lead: Sequence[str]
    files: Sequence[FileRow]  # Every file of the archive, in its order.
    sections: Sequence[Section]


def own_rows(catalogue: Catalogue, *, has_pdf: bool) -> list[FileRow]:
    """Return the rows of the page itself."""
    rows = [FileRow(HTML, catalogue.text("This page."))]
    if has_pdf:
        rows.append(FileRow(PDF, catalogue.text("This page, to print.")))
    return rows


def html(page: FirstPage, catalogue: Catalogue) -> str:
    """Return the page as one file that opens in any browser, without a network."""
    lines = [
        f'<!doctype html>\n<html lang="{catalogue.language}">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_shown(page.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>",
        f"<h1>{_shown(page.title)}</h1>",
        *(f"<p>{_shown(text)}</p>" for text in page.lead),
        f"<h2>{_shown(catalogue.text('What is in it'))}</h2>",
        _html_table(page, catalogue),
    ]
    for section in page.sections:
        lines.append(f"<h2>{_shown(section.heading)}</h2>")
        lines += [f"<p>{_shown(text)}</p>" for text in section.sentences]
    return "\n".join([*lines, "</main>\n</body>\n</html>\n"])


def _html_table(page: FirstPage, catalogue: Catalogue) -> str:
    head = "".join(f'<th scope="col">{_shown(text)}</th>' for text in _columns(catalogue))
    rows = "\n".join(_html_row(row, catalogue) for row in page.files)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"


def _html_row(row: FileRow, catalogue: Catalogue) -> str:
    path = _shown(row.path)
    named = f'<th scope="row"><a href="{escape(row.path)}">{path}</a></th>'
    size = "" if row.bytes is None else _shown(report_words.count(row.bytes))
    digest = f"<code>{_shown(row.sha256)}</code>" if row.sha256 else ""
    *_, bytes_, hash_ = _columns(catalogue)
    colon = catalogue.text(": ")
    return (
        f"<tr>{named}<td>{_shown(row.what)}</td><td>{_shown(row.when)}</td>"
        f'<td class="size" data-label="{_shown(bytes_ + colon)}">{size}</td>'
        f'<td data-label="{_shown(hash_ + colon)}">{digest}</td></tr>'
    )


def _shown(text: str) -> str:
    return escape(visible_text.visible(text))


def source(page: FirstPage, catalogue: Catalogue) -> str:
    """Return the page as Typst, from which the PDF is made."""
    quoted = bundle_paper.text
    lines = [
        f"#set document(title: {quoted(page.title)})",
        _PAPER,
        f'#set text(font: "{picture.FONT}", size: 10.5pt, lang: {quoted(catalogue.language)})',
        "#set text(hyphenate: false)",
        "#set par(justify: false, leading: 0.6em)\n#set heading(numbering: none)",
        f"#heading(level: 1)[#{quoted(page.title)}]",
        *(f"#par[#{quoted(text)}]" for text in page.lead),
        f"#heading(level: 2)[#{quoted(catalogue.text('What is in it'))}]",
        *(_source_row(row, catalogue) for row in page.files),
    ]
    for section in page.sections:
        lines.append(f"#heading(level: 2)[#{quoted(section.heading)}]")
        lines += [f"#par[#{quoted(text)}]" for text in section.sentences]
    return "\n".join(lines) + "\n"


def _source_row(row: FileRow, catalogue: Catalogue) -> str:
    """Return a file as a short block: a hash is too long for a column of paper."""
    quoted, size = bundle_paper.text, ""
    if row.bytes is not None:
        size = catalogue.text("Bytes") + catalogue.text(": ") + report_words.count(row.bytes)
    small = " · ".join(filter(None, (row.when, size)))
    lines = [f"#strong[#{quoted(row.path)}] \\", f"#{quoted(row.what)}"]
    lines += [f"\\ #text(size: 8pt)[#{quoted(text)}]" for text in (small, row.sha256) if text]
    return "#block(breakable: false, above: 0.9em)[\n" + "\n".join(lines) + "\n]"


def _columns(catalogue: Catalogue) -> tuple[str, ...]:
    return (
        catalogue.text("File"),
        catalogue.text("What it is"),
        catalogue.text("From when to when"),
        catalogue.text("Bytes"),
        catalogue.text("Hash (SHA-256)"),
    )
