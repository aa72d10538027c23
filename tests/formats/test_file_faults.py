"""Sentences about a file stay short and printable, whatever the file holds."""

from mesure.formats.columns import file_faults
from mesure.formats.columns.file_faults import FixesError


def test_a_fault_says_what_where_why_and_what_to_do() -> None:
    fault = FixesError("a.csv", "it is broken", "nothing can be read", "copy it again", line=3)
    assert str(fault) == "a.csv, line 3: it is broken, so nothing can be read; copy it again."
    assert (fault.file, fault.line) == ("a.csv", 3)
    assert str(FixesError("a", "b", "c", "d")) == "a: b, so c; d."


def test_texts_of_a_file_are_shown_short_and_printable() -> None:
    assert file_faults.excerpt("Алматы") == "Алматы"
    assert file_faults.excerpt("a\x1b[31m\n\0") == "a\ufffd[31m\ufffd\ufffd"
    assert len(file_faults.excerpt("x" * 1_000)) == file_faults.CHARACTERS_SHOWN_MAX + 3


def test_names_are_listed_up_to_a_limit() -> None:
    names = [f"n{count}" for count in range(file_faults.NAMES_SHOWN_MAX)]
    assert file_faults.join_names(names).endswith("n11")
    assert file_faults.join_names([*names, "x", "y"]).endswith("n11 and 2 more")
    assert file_faults.join_names([]) == "none"
