"""Everything that is read from outside holds against what a search once made of it, on any Python.

`make fuzz` searches on, led by what of the code is reached; this needs nothing but what is kept.
"""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz import __main__ as door
from tests.fuzz import corpora, every, target
from tests.fuzz.target import FuzzFaultError, FuzzTarget, hold
from tests.house import ROOT

TARGETS = every.targets()
KEPT_BYTES_MAX = 400_000


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_is_kept_is_answered_or_refused_in_a_sentence(name: str) -> None:
    inputs = [b"", b"\0", *TARGETS[name].samples(), *corpora.read_corpus(name)]
    for data in inputs:
        hold(TARGETS[name], data, bounded=False)  # A test machine is busy with other tests.


def test_every_corpus_is_small_and_of_a_target() -> None:
    paths = sorted(corpora.FOLDER.glob("*"))
    assert {path.stem for path in paths} <= TARGETS.keys()
    assert all(path.stat().st_size <= corpora.FILE_BYTES_MAX for path in paths)
    assert sum(path.stat().st_size for path in paths) <= KEPT_BYTES_MAX


def test_a_corpus_keeps_the_shortest_and_reads_them_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpora, "FOLDER", tmp_path)
    assert corpora.keep("a", [b"xx", b"\xff", b"xx", b"y" * 4_000, b""]) == 2
    assert corpora.read_corpus("a") == [b"\xff", b"xx"]
    assert corpora.read_corpus("nobody") == []
    corpora.lay_out(make_target(lambda data: None, name="a"), tmp_path / "begin")
    assert {path.read_bytes() for path in (tmp_path / "begin").iterdir()} == {b"", b"\xff", b"xx"}


# --- It notices -----------------------------------------------------------------------------------


def make_target(run: target.Run, *refusals: type[Exception], name: str = "made") -> FuzzTarget:
    return FuzzTarget(name, run, refusals, lambda: [b""], 1, 10, 0.05)


def _break(data: bytes) -> None:
    raise IndexError(data)


def _refuse(text: str) -> target.Run:
    def run(_data: bytes) -> None:
        raise ValueError(text)

    return run


def _spin(_data: bytes) -> None:
    sum(range(60_000_000))


def test_what_breaks_is_a_finding_and_what_is_refused_in_words_is_none() -> None:
    hold(make_target(_refuse("it is no order; write one.\nAnd this."), ValueError), b"")
    with pytest.raises(IndexError):
        hold(make_target(_break, ValueError), b"x")


@pytest.mark.parametrize("text", ["", " ", "a\x1b[2J", "Traceback (most recent", "x" * 70_000])
def test_a_refusal_is_a_sentence_that_can_be_printed(text: str) -> None:
    with pytest.raises(FuzzFaultError, match="ValueError"):
        hold(make_target(_refuse(text), ValueError), b"x")


def test_what_takes_too_long_is_a_finding() -> None:
    with pytest.raises(FuzzFaultError, match=r"bytes took .* s"):
        hold(make_target(_spin), b"x")


def test_what_takes_too_much_is_a_finding() -> None:
    """In a process of its own: how much this one has held before does not count."""
    code = (
        "from tests.fuzz.target import *\n"
        "def run(_):\n"
        "    held = bytearray(2 * GROWN_BYTES_MAX)\n"
        "    held[::4096] = bytes(len(held[::4096]))\n"
        "hold(FuzzTarget('made', run, (), list, 1, 10, 60.0), b'x')\n"
    )
    run = [sys.executable, "-c", code]
    came = subprocess.run(run, cwd=ROOT, capture_output=True, check=False, text=True)
    assert re.search(r"FuzzFaultError: 1 bytes took \d+ MB", came.stderr)


def test_fields_of_an_input_are_split_and_the_last_has_the_rest() -> None:
    assert target.split(b"a\0b\0c", 2) == [b"a", b"b\0c"]
    assert target.split(b"a", 3) == [b"a", b"", b""]


HIDDEN = (
    "SEED"  # Four letters one after the other: what knows nothing of the code needs 2^32 tries.
)


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="make fuzz has it")
def test_the_search_is_led_to_what_is_hidden(tmp_path: Path) -> None:
    """What comes with `make fuzz`: a fault four branches deep is found in seconds."""
    (tmp_path / "hidden_fault.py").write_text(
        "def read(data):\n"
        + "".join(
            f"{'    ' * (at + 1)}if data[{at}:{at + 1}] == {sign.encode()!r}:\n"
            for at, sign in enumerate(HIDDEN)
        )
        + "    " * 5
        + "raise KeyError('found')\n"
    )
    code = (
        "import sys, atheris\n"
        "with atheris.instrument_imports():\n    import hidden_fault\n"
        "atheris.Setup([sys.argv[0], '-runs=300000', '-seed=1'], hidden_fault.read)\n"
        "atheris.Fuzz()\n"
    )
    run = [sys.executable, "-c", code]
    came = subprocess.run(run, cwd=tmp_path, capture_output=True, check=False)
    assert b"KeyError" in came.stdout + came.stderr
    [crash] = tmp_path.glob("crash-*")
    assert crash.read_bytes().startswith(HIDDEN.encode())


def test_where_nothing_can_search_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(sys, "argv", ["fuzz"])
    with pytest.raises(SystemExit, match="make fuzz"):
        door.main()


def test_everything_that_listens_or_reads_has_a_target() -> None:
    """Written here by hand: what `docs/simulating_the_whole.md` promises."""
    page = (ROOT / "docs/simulating_the_whole.md").read_text("utf-8")
    assert not [name for name in TARGETS if f"| `{name}` |" not in page]
