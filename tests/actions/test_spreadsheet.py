"""What somebody outside is called never runs where a table is opened; numbers stay numbers."""

import pytest

from mesure.actions.documents import spreadsheet


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t"])
def test_a_name_is_no_formula(first: str) -> None:
    table = spreadsheet.encode(("court",), [(f"{first}cmd()",), ("Almaly",)])
    assert table.decode() == f"court\r\n'{first}cmd()\r\nAlmaly\r\n"


def test_a_name_that_begins_with_the_end_of_a_line_is_no_formula() -> None:
    assert spreadsheet.encode(("court",), [("\rcmd()",)]) == b'court\r\n"\'\rcmd()"\r\n'


def test_a_number_is_written_in_full_and_what_is_not_there_is_empty() -> None:
    rows = [(-3, -33.90000000000001, None)]
    assert spreadsheet.encode("abc", rows) == b"a,b,c\r\n-3,-33.90000000000001,\r\n"
