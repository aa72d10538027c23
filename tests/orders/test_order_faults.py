import pytest

from mesure.orders.text.order_faults import (
    FAULTS_MAX,
    FileFault,
    FileFaults,
    OrderError,
    join_names,
    quote,
)


def test_a_fault_says_where_what_why_and_what_to_do() -> None:
    fault = FileFault("a.yaml", 3, "in_force", "it is empty", "nobody is bound", "write a date")
    assert str(fault) == "a.yaml, line 3, in_force: it is empty; nobody is bound; write a date."


def test_a_fault_of_the_whole_file_names_no_line() -> None:
    assert (
        str(FileFault("a.yaml", None, "", "w", "y", "is it this?")) == "a.yaml: w; y; is it this?"
    )


def test_all_faults_are_said_at_once_by_line() -> None:
    faults = FileFaults("a.yaml")
    faults.add(9, "b", "late", "y", "r")
    faults.add(2, "a", "early", "y", "r")
    with pytest.raises(OrderError) as caught:
        faults.settle()
    error = caught.value
    assert [fault.line for fault in error.faults] == [2, 9]
    assert str(error).splitlines() == [str(fault) for fault in error.faults]
    assert error.more == 0


def test_without_a_fault_nothing_is_raised() -> None:
    faults = FileFaults("a.yaml")
    faults.settle()
    assert len(faults) == 0


def test_a_thousand_faults_are_counted_not_listed() -> None:
    faults = FileFaults("a.yaml")
    for line in range(1, 1_000):
        faults.add(line, "", "what", "why", "remedy")
    error = faults.fatal(1_000, "", "what", "why", "remedy")
    assert len(faults) == 1_000
    assert faults.is_full
    assert len(error.faults) == FAULTS_MAX
    assert error.more == 1_000 - FAULTS_MAX
    assert str(error).endswith("a.yaml: further faults not listed: 900.")


def test_a_wrong_value_is_shown_short_and_on_one_line() -> None:
    assert quote("a\nb\x1b[31m") == "“a\ufffdb\ufffd[31m”"
    assert quote("x" * 500) == "“" + "x" * 59 + "…”"


def test_a_long_list_of_names_is_cut() -> None:
    assert join_names(str(number) for number in range(25)).endswith("“19” and 5 more")
