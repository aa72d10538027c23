"""The audit log that a service keeps is one that an outsider can check."""

from pathlib import Path

from mesure.machine import texts
from mesure.machine.progress import ProgressStages
from mesure.service.installation import log_signing
from mesure.service.verification import verify_log
from tests.service import installations


def test_what_is_handed_out_holds_against_the_key(tmp_path: Path) -> None:
    with installations.begin(tmp_path) as instance:
        assert log_signing.checkpoint(instance)  # Of the row that tells whose keys these are.
        for count in (1, 1_200, 7):
            installations.record(instance, count)
            assert log_signing.checkpoint(instance)
            assert not log_signing.checkpoint(instance)
        installations.record(instance, 3)  # Not signed yet, so not handed out.
        (tmp_path / "log").write_bytes(b"".join(log_signing.lines(instance)))
        (tmp_path / "records").write_bytes(b"".join(log_signing.records(instance)))
        key = str(instance.signing.log_key("log.example"))
    request = verify_log.VerifyLogRequest(tmp_path / "log", (key,), records=tmp_path / "records")
    result = verify_log.tell(request, texts.catalogue("en"), ProgressStages())
    assert result.holds, result.text
    assert "none of its 1\N{NO-BREAK SPACE}209 entries" in result.text


def test_a_log_without_a_checkpoint_has_no_entries_to_show(tmp_path: Path) -> None:
    with installations.begin(tmp_path) as instance:
        installations.record(instance, 3)
        assert b"".join(log_signing.lines(instance)) == b"mesure audit log 1\nlog.example\n"
        with instance.store.read() as reading:
            assert log_signing.last_note(reading) is None
