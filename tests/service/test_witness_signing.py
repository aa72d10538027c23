"""A witness and a log, by files: what was signed is kept, what was taken back is not signed."""

import secrets
from pathlib import Path

import pytest

from mesure.audit.signing.signer_keys import KeyPurpose
from mesure.machine.service_error import ServiceError
from mesure.service.installation import key_files, last_checkpoint
from mesure.service.maintenance import witness_signing
from mesure.service.maintenance.witness_signing import NotCosignedError
from tests.service import installations

NAME = "court.example"


class WitnessFiles:
    """A witness with its files."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.key_file = folder, folder / "court.key"
        key_files.make_one(self.key_file, secrets.token_bytes)
        self.key = witness_signing.public_key(NAME, self.key_file)

    def cosign(self, request: bytes, log: str) -> str:
        (self.folder / "ask").write_bytes(request)
        key = witness_signing.read_key(log, KeyPurpose.NOTE)
        secret = (NAME, self.key_file)
        checkpoint_path = self.folder / "held"
        return witness_signing.cosign(
            self.folder / "ask", secret, key, checkpoint_path, 1_800_000_000
        ).decode()


@pytest.fixture
def court(tmp_path: Path) -> WitnessFiles:
    return WitnessFiles(tmp_path)


def test_a_log_that_grows_is_cosigned_again_and_again(tmp_path: Path, court: WitnessFiles) -> None:
    with installations.begin(tmp_path) as instance:
        log = str(instance.signing.log_key("log.example"))
        for count in (3, 4, 700):
            installations.record(instance, count)
            request = witness_signing.request(instance, court.key, None)
            size = witness_signing.keep(instance, court.key, court.cosign(request, log))
            with instance.store.read() as reading:
                assert size == reading.frontier().size
        installations.record(instance, 1)
        assert witness_signing.request(instance, court.key, None).startswith(b"old 708\n")
        assert witness_signing.request(instance, court.key, 3).startswith(b"old 3\n")


def test_a_log_that_was_begun_anew_gets_no_signature(tmp_path: Path, court: WitnessFiles) -> None:
    with installations.begin(tmp_path) as instance:
        log = str(instance.signing.log_key("log.example"))
        installations.record(instance, 3)
        court.cosign(witness_signing.request(instance, court.key, None), log)
    with instance.folder.database.open("wb"):
        pass
    with installations.begin(tmp_path) as again:  # The same keys, and another log.
        installations.record(again, 5)
        with pytest.raises(ServiceError, match="mesure accept-older"):
            witness_signing.request(again, court.key, 4)
        assert last_checkpoint.accept(again)  # The operator may go on; a witness need not.
        with pytest.raises(NotCosignedError, match="the log took something back"):
            court.cosign(witness_signing.request(again, court.key, 4), log)
        with pytest.raises(NotCosignedError, match="does not begin at the checkpoint"):
            court.cosign(witness_signing.request(again, court.key, 3), log)


def test_what_is_no_request_or_no_answer_is_a_sentence(tmp_path: Path, court: WitnessFiles) -> None:
    with installations.begin(tmp_path) as instance:
        log = str(instance.signing.log_key("log.example"))
        installations.record(instance, 3)
        request = witness_signing.request(instance, court.key, None)
        with pytest.raises(NotCosignedError, match="this is no request"):
            court.cosign(b"please", log)
        with pytest.raises(NotCosignedError, match="the log did not sign it"):
            court.cosign(request.replace(b"\n4\n", b"\n5\n"), log)
        for answer in ("", "— court.example AAAAAAAAAAA=\n"):
            with pytest.raises(ServiceError, match="this is no answer of that witness"):
                witness_signing.keep(instance, court.key, answer)
        with pytest.raises(ServiceError, match="this key is for something else"):
            witness_signing.read_key(log, KeyPurpose.COSIGNATURE)
        with pytest.raises(ServiceError, match="this is no key"):
            witness_signing.read_key("court", KeyPurpose.NOTE)
        (tmp_path / "held").write_text("something else")
        with pytest.raises(ServiceError, match="this is no checkpoint that the log signed"):
            court.cosign(request, log)
