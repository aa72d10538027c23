"""Document types: what a file is, by its first bytes, and under which name it is handed on.

A name tells the reader's machine with which program to open a file. So the ending is always that of
what was recognised, whatever the document was called when it came: a page that runs as a program
can begin with any bytes, too.
"""

from typing import Final

BEGINNINGS: Final = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
ENDINGS: Final = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
STEM_CHARS_MAX: Final = 100
ENDING_CHARS_MAX: Final = 10
WITHOUT: Final = "document"


def media_type_of(content: bytes) -> str | None:
    """Return what a document is by its first bytes; None: it is none of those that are taken."""
    for beginning, media_type in BEGINNINGS.items():
        if content.startswith(beginning):
            return media_type
    return None


def download_name(name: str, media_type: str) -> str:
    """Return under which name a document is handed on.

    >>> download_name("my roster.PDF", "application/pdf")
    'my roster.pdf'
    >>> download_name("letter.pdf.bat", "image/png")
    'letter_pdf.png'
    >>> download_name("../a b:c.lnk ", "image/jpeg"), download_name("roster", "application/pdf")
    ('a b_c.jpg', 'roster.pdf')
    """
    stem, dot, ending = name.strip().rpartition(".")
    if not dot or len(ending) > ENDING_CHARS_MAX or not ending.isalnum():
        stem = name.strip()
    safe = "".join(sign if sign.isalnum() or sign in " -()" else "_" for sign in stem)
    return f"{safe[:STEM_CHARS_MAX].strip(' _') or WITHOUT}.{ENDINGS[media_type]}"


def path_in(folder: str, document: str, media_type: str) -> str:
    """Return where a document lies in a folder, by its id alone; raises `KeyError`: no such type.

    >>> path_in("documents/", "D-abc", "application/pdf")
    'documents/D-abc.pdf'
    """
    return f"{folder}{document}.{ENDINGS[media_type]}"
