"""A signed note is read as it was written, or not at all."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.audit.entries import MalformedError
from mesure.audit.signing import notes
from mesure.audit.signing.notes import NOTE_BYTES_MAX, SIGNATURES_MAX, NoteSignature, SignedNote
from tests.audit.published import NOTES

LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
SIGNED = st.builds(
    NoteSignature,
    st.from_regex(r"[a-z./]{1,8}", fullmatch=True),
    st.binary(min_size=4, max_size=4),
    st.binary(min_size=1, max_size=70),
)
LINE = "— a.example AQIDBAU=\n"


@given(st.lists(LINES, min_size=1, max_size=4), st.lists(SIGNED, min_size=1, max_size=3))
def test_a_note_is_read_as_it_was_written(lines: list[str], signed: list[NoteSignature]) -> None:
    note = SignedNote("".join(f"{line}\n" for line in lines), tuple(signed))
    if note.text.strip("\n"):
        assert notes.read(str(note)) == note


@pytest.mark.parametrize("written", NOTES)
def test_notes_that_others_signed_are_written_alike(written: str) -> None:
    assert str(notes.read(written)) == written


@given(st.text(max_size=60))
def test_any_text_is_a_note_or_is_refused(text: str) -> None:
    for written in (text, f"{text}\n\n{LINE}", f"a\n\n{text}", f"a\n\n— {text}\n"):
        try:
            assert str(notes.read(written)) == written
        except MalformedError:
            continue


@pytest.mark.parametrize(
    "written",
    [
        "", "\n", "\n\n", f"\n\n{LINE}", "a\n", "a\n\n", f"a\n{LINE}", f"a\n\n{LINE[:-1]}",
        f"a\n\n{LINE}\n", f"a\n\n{LINE}b\n", f"a\r\n\r\n{LINE}", f"a\x00\n\n{LINE}",
        f"a\t\n\n{LINE}", "a\n\n- a.example AQIDBAU=\n", "a\n\n—a.example AQIDBAU=\n",
        "a\n\n— a.example\n", "a\n\n— a.example \n", "a\n\n— a+b AQIDBAU=\n",
        "a\n\n— a.example AQIDBAU\n", "a\n\n— a.example AQIDBAV=\n", "a\n\n— a.example AQIDBA==\n",
        "a\n\n— a.example A===\n", "a\n\n— a.example AQIDBAU= b\n", "a\n\n— a\u2028b AQIDBAU=\n",
        f"a\n\n{LINE * (SIGNATURES_MAX + 1)}", f"{'é' * (NOTE_BYTES_MAX // 2)}\n\n{LINE}",
    ],
)  # fmt: skip
def test_what_is_no_note_is_refused(written: str) -> None:
    with pytest.raises(MalformedError):
        notes.read(written)


def test_as_many_signatures_as_the_specification_asks_for_are_read() -> None:
    assert len(notes.read(f"a\n\n{LINE * 16}").signatures) == 16


def test_a_text_may_have_empty_lines() -> None:
    assert notes.read(f"a\n\nb\n\n{LINE}").text == "a\n\nb\n"


def test_a_signature_is_added_once_and_changes_nothing_else() -> None:
    first, second = NoteSignature("a", b"1234", b"x"), NoteSignature("b", b"1234", b"y")
    note = SignedNote("text\n", (first,))
    both = note.with_signatures(second, first)
    assert both == SignedNote("text\n", (first, second))
    assert str(both) == str(note) + f"— b {b64encode(b'1234y').decode()}\n"
