"""The file of a log is checked from disk: keys, checkpoints and records are read, or refused."""

import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from mesure.audit import checkpoints, log_file
from mesure.audit.signing.signer_keys import KeyPurpose, PublicKey
from mesure.machine.file_writing import FileWriteError
from mesure.machine.progress import ProgressStages
from mesure.machine.texts import catalogue
from mesure.orders.text.order_faults import OrderError
from mesure.service.verification import verify_log
from mesure.service.verification.verify_log import VerifyLogRequest, VerifyResult
from tests.audit.samples import LOG_KEY, LOG_SECRET, ORIGIN, OTHER_SECRET, WITNESS_KEY, Log, sample

SAMPLE = sample()


@pytest.fixture
def log_request(tmp_path: Path) -> VerifyLogRequest:
    """Return a request for a log that holds, with its files on disk."""
    (tmp_path / "audit.log").write_bytes(b"".join(SAMPLE.lines))
    (tmp_path / "records.txt").write_bytes(b"".join(SAMPLE.records()))
    (tmp_path / "log.key").write_text(f"{LOG_KEY}\n", encoding="utf-8")
    for number, note in enumerate(SAMPLE.notes):
        (tmp_path / f"kept{number}.txt").write_text(str(note), encoding="utf-8")
    return VerifyLogRequest(tmp_path / "audit.log", (str(tmp_path / "log.key"),))


def tell(request: VerifyLogRequest, stages: ProgressStages | None = None) -> VerifyResult:
    return verify_log.tell(request, catalogue("en"), stages or ProgressStages())


def refusal_reason(request: VerifyLogRequest) -> str:
    with pytest.raises(OrderError) as error:
        tell(request)
    return str(error.value)


def test_a_log_holds_against_everything_that_is_at_hand(
    log_request: VerifyLogRequest, tmp_path: Path
) -> None:
    full = replace(
        log_request,
        keys=(str(LOG_KEY),),
        witnesses=(str(WITNESS_KEY),),
        earlier=tuple(tmp_path / f"kept{number}.txt" for number in range(3)),
        records=tmp_path / "records.txt",
        keep=tmp_path / "kept.txt",
    )
    result = tell(full)
    assert result.holds
    assert "12 entries" in result.text
    assert "Records at hand that are those of the log: 5. None is missing." in result.text
    assert (tmp_path / "kept.txt").read_text(encoding="utf-8") == str(SAMPLE.notes[-1])
    assert tell(replace(log_request, earlier=(tmp_path / "kept.txt",))).holds


def test_a_log_that_does_not_hold_is_told_and_nothing_is_kept(
    log_request: VerifyLogRequest, tmp_path: Path
) -> None:
    lines = list(SAMPLE.lines)
    lines[4], lines[5] = lines[5], lines[4]
    log_request.log.write_bytes(b"".join(lines))
    result = tell(replace(log_request, keep=tmp_path / "kept.txt"))
    assert not result.holds
    assert "entries 0 to 4 (counted from 0), line 8" in result.text
    assert not (tmp_path / "kept.txt").exists()


def test_records_may_be_a_selection(log_request: VerifyLogRequest, tmp_path: Path) -> None:
    selection = [log_file.RECORDS_HEADING, log_file.encode_opening(SAMPLE.openings[1])]
    (tmp_path / "records.txt").write_bytes(b"".join(selection))
    request = replace(log_request, records=tmp_path / "records.txt")
    assert "The record is missing" in tell(request).text
    assert tell(replace(request, is_selection=True)).holds


def test_a_line_without_an_end_is_not_read_to_its_end(log_request: VerifyLogRequest) -> None:
    log_request.log.write_bytes(b"".join(SAMPLE.lines[:4]) + b"record " + b"A" * 10_000_000)
    result = tell(log_request)
    assert "entry 2 (counted from 0), line 5" in result.text


@pytest.mark.skipif(os.name == "nt", reason="there are no such pipes")
def test_a_log_may_come_through_a_pipe(log_request: VerifyLogRequest, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    whole = b"".join(SAMPLE.lines)
    writer = threading.Thread(target=lambda: (tmp_path / "pipe").write_bytes(whole))
    writer.start()
    result = tell(replace(log_request, log=tmp_path / "pipe"))
    writer.join()
    assert result.holds


def test_a_long_log_tells_how_far_it_is(
    log_request: VerifyLogRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log().record(3_000).checkpoint()
    log_request.log.write_bytes(b"".join(log.lines))
    monkeypatch.setattr(verify_log, "TOLD_EVERY", 1_000)

    class Remembered(ProgressStages):
        def __init__(self) -> None:
            super().__init__()
            self.reached: list[str] = []

        def reach(self, stage: str) -> None:
            self.reached.append(stage)

    stages = Remembered()
    assert tell(log_request, stages).holds
    first, *more = stages.reached
    assert first == "checking the log"
    assert [stage.split(",")[0] for stage in more] == [f"checking the log: {n}" for n in (1, 2, 3)]
    assert more[-1].endswith("99 %")


# --- What cannot be read -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "phrase"),
    [
        (b"", "its first line is not"),
        (b"%PDF-1.7\n", "its first line is not"),
        (log_file.HEADING, "its second line does not name a log"),
        (b"\0" * 200_000, "its first line is not"),
    ],
)
def test_what_is_no_log_is_refused(
    log_request: VerifyLogRequest, content: bytes, phrase: str
) -> None:
    log_request.log.write_bytes(content)
    sentence = refusal_reason(log_request)
    assert sentence.startswith(str(log_request.log))
    assert phrase in sentence
    assert sentence.count("\n") == 0


def test_what_holds_no_records_is_refused(log_request: VerifyLogRequest, tmp_path: Path) -> None:
    (tmp_path / "records.txt").write_bytes(b"no records\n")
    assert "no record can be checked" in refusal_reason(
        replace(log_request, records=tmp_path / "records.txt")
    )


@pytest.mark.parametrize("name", ["nothing.log", "", "with\0zero"])
def test_a_file_that_is_not_there_is_refused(
    log_request: VerifyLogRequest, tmp_path: Path, name: str
) -> None:
    for request in (
        replace(log_request, log=tmp_path / name),
        replace(log_request, records=tmp_path / name),
        replace(log_request, earlier=(tmp_path / name,)),
    ):
        assert "check the path" in refusal_reason(request)


def test_a_file_that_fails_while_it_is_read_is_told(
    log_request: VerifyLogRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(self: Path) -> os.stat_result:
        raise OSError(5, "Input/output error")

    request = replace(log_request, keys=(str(LOG_KEY),))
    monkeypatch.setattr(Path, "is_file", lambda path: False)
    monkeypatch.setattr(Path, "stat", fails)
    assert "input/output error" in refusal_reason(request)


def test_a_place_where_nothing_can_be_kept_is_refused_first(
    log_request: VerifyLogRequest, tmp_path: Path
) -> None:
    with pytest.raises(FileWriteError):
        tell(replace(log_request, log=tmp_path / "nothing", keep=tmp_path))


OTHER_KEY = PublicKey(ORIGIN, KeyPurpose.NOTE, OTHER_SECRET.key)
WEAK = PublicKey(ORIGIN, KeyPurpose.NOTE, bytes([1]) + bytes(31))


@pytest.mark.parametrize(
    ("key", "phrase"),
    [
        ("key", "it is not written as name+id+key"),
        ("", "it is not written as name+id+key"),
        ("a" * 5_000, "it is not written as name+id+key"),
        ("with\0zero", "it is not written as name+id+key"),
        (str(LOG_KEY).replace("almaty", "astana"), "its key ID is not that of its name and key"),
        (str(WEAK), "signatures under it would prove nothing"),
        (str(WITNESS_KEY), "is the key of a witness"),
    ],
)
def test_what_is_no_key_of_a_log_is_refused(
    log_request: VerifyLogRequest, key: str, phrase: str
) -> None:
    sentence = refusal_reason(replace(log_request, keys=(key,)))
    assert sentence.startswith("--key: ")
    assert phrase in sentence


def test_what_is_no_key_of_a_witness_is_refused(log_request: VerifyLogRequest) -> None:
    sentence = refusal_reason(replace(log_request, witnesses=(str(LOG_KEY),)))
    assert sentence.startswith("--witness: ")
    assert "is the key of a log" in sentence


def test_a_key_in_a_file_may_not_be_longer_than_a_key(
    log_request: VerifyLogRequest, tmp_path: Path
) -> None:
    (tmp_path / "log.key").write_text(f"{LOG_KEY}" + " " * 5_000 + "x", encoding="utf-8")
    assert "is no key" in refusal_reason(log_request)


def test_another_key_signs_nothing_of_this_log(log_request: VerifyLogRequest) -> None:
    result = tell(replace(log_request, keys=(str(OTHER_KEY),)))
    assert not result.holds
    assert "No key that you named signed" in result.text
    assert tell(replace(log_request, keys=(str(OTHER_KEY), str(LOG_KEY)))).holds


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"note\n\n\xe2\x80\x94 a AQIDBAU=\n"])
def test_what_is_no_checkpoint_is_refused(
    log_request: VerifyLogRequest, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "kept0.txt").write_bytes(content)
    request = replace(log_request, earlier=(tmp_path / "kept0.txt",))
    assert "this is no checkpoint" in refusal_reason(request)


def test_a_checkpoint_that_the_log_did_not_sign_shows_nothing(
    log_request: VerifyLogRequest, tmp_path: Path
) -> None:
    forged = checkpoints.sign(checkpoints.read(SAMPLE.notes[0].text), OTHER_SECRET)
    (tmp_path / "kept0.txt").write_text(str(forged), encoding="utf-8")
    request = replace(log_request, earlier=(tmp_path / "kept0.txt",))
    assert "no key that is named signed this checkpoint" in refusal_reason(request)


def test_a_log_that_was_cut_off_is_found_by_a_kept_checkpoint(
    log_request: VerifyLogRequest, tmp_path: Path
) -> None:
    short = Log(secret=LOG_SECRET).record(5).checkpoint()
    log_request.log.write_bytes(b"".join(short.lines))
    assert tell(log_request).holds
    result = tell(replace(log_request, earlier=(tmp_path / "kept2.txt",)))
    assert not result.holds
    assert "entries 5 to 11 (counted from 0)" in result.text
