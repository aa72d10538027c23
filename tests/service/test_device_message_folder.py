"""Messages as files: whole, in order of their names, and the same twice."""

from pathlib import Path

import pytest

from mesure.machine.file_writing import FileWriteError
from mesure.service.device.client_state import QueuedMessage
from mesure.service.device.message_folder import MessageFolder


def test_each_message_is_a_file_and_names_are_sorted_as_counters(tmp_path: Path) -> None:
    messages = [QueuedMessage(counter, bytes([counter % 256])) for counter in (2, 10, 2**63 - 1)]
    MessageFolder(tmp_path).carry(messages)
    MessageFolder(tmp_path).carry(messages)
    files = sorted(tmp_path.iterdir())
    assert [file.read_bytes() for file in files] == [one.message for one in messages]
    assert [int(file.name.partition("-")[0]) for file in files] == [one.counter for one in messages]


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileWriteError, match="there is no folder"):
        MessageFolder(tmp_path / "gone").carry([QueuedMessage(2, b"message")])
