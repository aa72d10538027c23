"""The catalogue: which place is spoilt for which rows, and which test must notice."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

CATALOGUE: Final = Path(__file__).with_name("catalogue.yaml")
NEW_FILE: Final = ""
_FIELDS: Final = {"rows", "fault", "file", "was", "becomes", "test"}


@dataclass(frozen=True)
class Mutation:
    """One place of the product, spoilt: `was` occurs there once and is replaced by `becomes`.

    Where `was` is empty the file does not exist and is written with `becomes`. A row is named by
    the first cell of its line in a table: "R11"; "law 25" and "threat A device is cloned" for those
    of `docs/law.md` and `docs/threat_model.md`.
    """

    rows: tuple[str, ...]
    fault: str
    file: str
    was: str
    becomes: str
    test: str

    def spoil(self, root: Path) -> str:
        """Return the spoilt text of the file below `root`; `ValueError` where it cannot be made."""
        path = root / self.file
        if self.was == NEW_FILE:
            if path.exists():
                raise ValueError(f"{self}: {self.file} exists; say what to replace in it")
            return self.becomes
        if not path.is_file():
            raise ValueError(f"{self}: there is no {self.file}; name the file that has it now")
        text = path.read_text("utf-8")
        if text.count(self.was) != 1:
            raise ValueError(
                f"{self}: what to replace occurs {text.count(self.was)} times in {self.file}; "
                "write a text that occurs once"
            )
        return text.replace(self.was, self.becomes)

    def __str__(self) -> str:
        return f"{self.rows[0]}: {self.fault}"


def read(path: Path = CATALOGUE) -> list[Mutation]:
    """Return the mutations of a catalogue."""
    return [_mutation(entry) for entry in yaml.safe_load(path.read_text("utf-8"))]


def _mutation(entry: dict[str, Any]) -> Mutation:
    if set(entry) != _FIELDS:
        raise ValueError(f"an entry has {sorted(entry)}; it needs {sorted(_FIELDS)}")
    return Mutation(**{**entry, "rows": tuple(entry["rows"])})
