"""The thresholds that people are judged by cannot be changed unseen."""

from importlib import resources
from pathlib import Path

import pytest

from mesure.actions.judging.policies import POLICY
from mesure.actions.records.record_types import RegisterReader
from mesure.machine.progress import ProgressStages
from mesure.service.installation import log_signing
from mesure.service.installation.installation import Installation
from mesure.service.serve import policies_in_use
from mesure.service.verification import verify_store
from mesure.service.verification.verify_store import VerifyStoreRequest
from mesure.store.values.mismatches import MismatchKind, RowMismatch
from tests.service import installations
from tests.service.tampering import raw
from tests.store.databases import SqliteDatabase

OWN = """policy: Almaty
version: 2026-03-01
thresholds:
  silence_s:
    unit: seconds
    reason: Phones here doze for longer.
    reference: decision 1 of the programme
    values: [{from: 2026-03-01, value: %d}]
"""


def list_versions(instance: Installation) -> list[str]:
    with instance.store.read() as reading:
        return [one.value.version for one in RegisterReader(reading, instance.keyring).all(POLICY)]


def find_mismatches(instance: Installation) -> tuple[RowMismatch, ...]:
    return verify_store.verify(instance, VerifyStoreRequest(), ProgressStages()).found


def test_the_files_that_hold_are_entered_once(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(OWN % 2_400)
    with installations.begin(tmp_path, policy=own) as instance:
        assert list(policies_in_use.enter_policies(instance)) == []
        default = resources.files("mesure.evaluation").joinpath("policy.yaml").read_text("utf-8")
        assert len(list_versions(instance)) == 2
        assert list(policies_in_use.enter_policies(instance)) == []
        assert len(list_versions(instance)) == 2
        with instance.store.read() as reading:
            texts = {
                policy.value.text
                for policy in RegisterReader(reading, instance.keyring).all(POLICY)
            }
    assert texts == {OWN % 2_400, default}


def test_other_values_under_the_same_version_are_said(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(OWN % 2_400)
    with installations.begin(tmp_path, policy=own) as instance:
        assert list(policies_in_use.enter_policies(instance)) == []
        own.write_text(OWN % 3_000)
        [sentence] = policies_in_use.enter_policies(instance)
    assert sentence.startswith("Policy version 2026-03-01: a file with other contents was entered")


@pytest.mark.parametrize("statement", ["UPDATE register SET body = x'7b7d' WHERE kind = 'policy'",
                                       "DELETE FROM register WHERE kind = 'policy'"])  # fmt: skip
def test_a_policy_that_was_changed_past_the_program_is_named(
    tmp_path: Path, statement: str
) -> None:
    with installations.begin(tmp_path) as instance:
        list(policies_in_use.enter_policies(instance))
        log_signing.checkpoint(instance)
        assert find_mismatches(instance) == ()
        [version] = list_versions(instance)
        assert version
        with raw(SqliteDatabase(instance.folder.database)) as there:
            there.run(statement)
            there.keep()
        mismatches = find_mismatches(instance)
    assert {(one.table, one.key[0]) for one in mismatches} == {("register", "policy")}
    assert {one.wrong for one in mismatches} <= {MismatchKind.ALTERED, MismatchKind.MISSING}
