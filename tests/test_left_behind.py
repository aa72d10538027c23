"""Nothing is left behind: no note to oneself, no registry's address, no path of one machine."""

import re
import subprocess
from collections.abc import Iterator

import pytest

from tests.house import ROOT, texts

pytestmark = pytest.mark.once

# Written in pieces, so that this file does not find itself.
_REGISTRIES = "|".join(["py" + "pi", "python" + "hosted", "registry.npm" + "js", "deb.deb" + "ian"])
_LATER = "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"])
_NEVER_KEPT = {
    rf"\b({_LATER})\b(?!\(#\d+\))": "give it an issue number: (#12)",
    rf"https?://[^\s/]*({_REGISTRIES})": "an address of a package registry has no place here",
    r"(?<![\w.~/-])/(work|root|home|Users)/\w": "a path of one machine has no place here",
}


def never_kept(path: str, text: str) -> Iterator[str]:
    for pattern, why in _NEVER_KEPT.items():
        for match in re.finditer(pattern, text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{path}:{line}: {match[0]}: {why}."


def test_nothing_is_left_lying_about() -> None:
    faults = [fault for path, text in texts() for fault in never_kept(path, text)]
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize(
    "text", ["# TO" + "DO: later", "https://files.python" + "hosted.org/x", "see /ro" + "ot/x"]
)
def test_what_is_left_lying_about_is_found(text: str) -> None:
    assert list(never_kept("a.md", text))
    assert not list(never_kept("a.md", "TO" + "DO(#12): say which zone; see docs/root/x"))


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no clone: nothing says what is kept")
def test_no_link_is_kept() -> None:
    """A link leads where it was made, and on another machine nowhere."""
    listed = ["git", "-C", str(ROOT), "ls-files", "--stage"]
    listing = subprocess.run(listed, check=True, capture_output=True, text=True).stdout
    assert [line for line in listing.splitlines() if line.startswith("120000 ")] == []
