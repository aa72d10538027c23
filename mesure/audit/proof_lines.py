"""Proof lines: the hashes of a proof as text, the same wherever a proof is handed on."""

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Final

from mesure.audit.entries import MalformedError
from mesure.audit.proofs import Proof

PROOF_HASHES_MAX: Final = 63
_HASH: Final = re.compile(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")


def write(proof: Proof) -> str:
    """Return a line for each hash."""
    return "".join(f"{b64encode(value).decode()}\n" for value in proof)


def read(lines: Sequence[str]) -> Proof:
    """Return the proof of some lines; raises `MalformedError` where they are not one."""
    if len(lines) > PROOF_HASHES_MAX or not all(_HASH.fullmatch(line) for line in lines):
        raise MalformedError(f"a proof is at most {PROOF_HASHES_MAX} hashes, a line each")
    return tuple(map(b64decode, lines))
