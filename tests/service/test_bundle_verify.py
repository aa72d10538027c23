"""One bundle for both sides: the same hash, judged again to the same bytes, and no byte unseen."""

import json
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesure.actions.bundles import bundle_contents as bundle_actions
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.refusals.refusals import NotAllowedError
from mesure.audit.signing.signer_keys import KeyPurpose, PublicKey
from mesure.bundle import archive, evaluate_again
from mesure.bundle import make as bundle_make
from mesure.bundle import verify as verify_bundle
from mesure.bundle.evaluate_again import BundleSpan
from mesure.bundle.verify import BundleDifference
from mesure.instants import to_us
from mesure.machine import engine
from mesure.privacy.purposes import Purpose
from mesure.reports.bundle import bundle_manifest
from mesure.reports.bundle.bundle_manifest import CONTENT, FIRST, MANIFEST, BundleCheck, BundleError
from tests.evaluation.test_policy_used import ONCE_IN_CODE
from tests.formats.test_reduce_messages import KEY, POLICY
from tests.service import bundled
from tests.service.bundled import LOG_KEY, OFFICER, PERSON, Bundled, rebuilt, remade, was_made


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bundled]:
    with bundled.open_case(tmp_path_factory.mktemp("bundled")) as case:
        yield case


@pytest.fixture(scope="module")
def data(case: Bundled) -> bytes:
    case.attach()
    case.agree()
    case.office.do(OFFICER, bundle_actions.make, _asked(case))
    return case.make().data


def _asked(case: Bundled, purpose: Purpose = Purpose.CONTEST) -> IncidentRequest:
    return IncidentRequest(incident=case.incident().id, purpose=purpose, case_number="ALM-1")


def fault(data: bytes) -> BundleError:
    with pytest.raises(BundleError) as caught:
        verify_bundle.verify(data)
    return caught.value


def without(start: str) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        for path in [path for path in files if path.startswith(start)]:
            del files[path]

    return change


# --- What holds ----------------------------------------------------------------------------------


def test_a_bundle_holds_and_says_what_it_shows(data: bytes) -> None:
    report = verify_bundle.verify(data, LOG_KEY)
    assert (report.person, report.order) == ("P-1", "A-1")
    assert (report.signed, report.reduced, report.unsigned) == (79, 0, 0)
    assert (report.records, report.documents, report.left_out) == (5, 1, 0)
    assert report.differs == ()
    assert (report.is_own_key, report.other_engine) == (False, "")
    assert verify_bundle.verify(data, None, report.sha256.upper()).is_own_key


def test_both_sides_get_the_same_hash(case: Bundled, data: bytes) -> None:
    theirs = case.make(PERSON, None)
    case.office.later(hours=5)
    again = case.make()
    known_as = sha256(archive.read(data)[MANIFEST]).hexdigest()
    assert {theirs.sha256, again.sha256} == {known_as}
    records = [record for record in case.office.log() if record["action"] == "bundle.made"]
    assert {record["facts"]["bundle"] for record in records} == {known_as}
    assert {record["by"] for record in records} == {"A-1", "A-2"}


def test_nobody_makes_one_without_a_purpose_for_it(case: Bundled) -> None:
    for purpose in (Purpose.SUPERVISION, Purpose.DANGER):
        with pytest.raises(NotAllowedError):
            case.make(OFFICER, purpose)
    assert case.office.last()["facts"]["refused"] == "purpose"


def test_the_judgement_in_it_is_that_of_the_service(case: Bundled, data: bytes) -> None:
    files = archive.read(data)
    judgement = json.loads(files["content/judgement.json"])
    [judged_incident] = judgement["incidents"]
    incident = case.incident()
    assert judged_incident["id"] == incident.id
    assert judgement["unsigned"] is False
    assessments = [json.loads(line) for line in files["content/assessments.jsonl"].splitlines()]
    assert {one["status"] for one in assessments} == {"met", "not_met"}


def test_every_fix_is_in_it_used_or_not(data: bytes) -> None:
    lines = archive.read(data)["content/fixes.csv"].decode().splitlines()
    judgement = json.loads(archive.read(data)["content/judgement.json"])
    assert len(lines) - 1 == judgement["fixes"]["read"]


def test_what_was_decided_since_makes_another_bundle(tmp_path: Path) -> None:
    with bundled.open_case(tmp_path) as case:
        first = case.make()
        from mesure.actions.incidents import contests

        case.office.do(
            PERSON, contests.say, contests.IncidentStatement(case.incident().id, "I was at work.")
        )
        second = case.make()
        assert first.sha256 != second.sha256
        review = json.loads(archive.read(second.data)["content/review.json"])
        assert review["statements"][0]["text"] == "I was at work."
        verify_bundle.verify(second.data)


# --- What does not hold --------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(data_=st.data())
def test_a_byte_that_was_changed_is_found_wherever_it_stands(
    data: bytes, data_: st.DataObject
) -> None:
    at = data_.draw(st.integers(0, len(data) - 1))
    other = data_.draw(st.integers(1, 255))
    changed = bytearray(data)
    changed[at] ^= other
    error = fault(bytes(changed))
    assert error.step is BundleCheck.CONTAINER
    for path, begin, end in places(data):
        if begin <= at < end:
            assert (error.path, "checksum" in error.what) == (path, True)


def places(data: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield where in the file the bytes of each of its files stand."""
    for path, content in archive.read(data).items():
        begin = data.index(path.encode() + content) + len(path.encode())
        yield path, begin, begin + len(content)


@settings(max_examples=100, deadline=None)
@given(data_=st.data())
def test_a_file_that_was_changed_with_its_checksums_is_named(
    data: bytes, data_: st.DataObject
) -> None:
    files = archive.read(data)
    path = data_.draw(st.sampled_from(sorted(files)))
    at = data_.draw(st.integers(0, len(files[path]) - 1))
    changed = bytearray(files[path])
    changed[at] ^= data_.draw(st.integers(1, 255))
    error = fault(rebuilt(data, lambda files: files.update({path: bytes(changed)})))
    if path == MANIFEST:
        assert error.step in {BundleCheck.MANIFEST, BundleCheck.FILES, BundleCheck.PROOF}
    elif path.startswith(CONTENT):
        assert (error.step, error.path) == (BundleCheck.FILES, path.removeprefix(CONTENT))
    elif path in FIRST:
        assert (error.step, error.path) == (BundleCheck.READABLE, path)
    else:
        assert error.step is BundleCheck.PROOF


def test_a_manifest_made_anew_is_not_the_one_that_the_log_has(data: bytes) -> None:
    error = fault(remade(data, lambda content: content.update({"review.json": b"{}\n"})))
    assert error.step is BundleCheck.PROOF
    assert "another bundle" in error.what


@pytest.fixture
def without_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the forger of a bundle have the key of the log as well."""
    monkeypatch.setattr(verify_bundle, "_was_made", was_made)


def message(content: dict[str, bytes], number: int, **changes: object) -> None:
    lines = content["messages.jsonl"].splitlines()
    fields = json.loads(lines[number]) | changes
    lines[number] = json.dumps(fields).encode()
    content["messages.jsonl"] = b"\n".join(lines) + b"\n"


def other_number(content: dict[str, bytes]) -> bytes:
    return content["incident.json"].replace(b'"id": "', b'"id": "x')


@pytest.mark.usefixtures("without_proof")
@pytest.mark.parametrize(
    ("change", "step", "phrase"),
    [
        (lambda c: message(c, 3, counter=99), BundleCheck.MESSAGES, "another counter"),
        (lambda c: message(c, 3, device="D-2"), BundleCheck.MESSAGES, "another device"),
        (lambda c: message(c, 3, digest="00" * 32), BundleCheck.MESSAGES, "another hash"),
        (lambda c: message(c, 3, sequence="x"), BundleCheck.MESSAGES, "sequence"),
        (lambda c: message(c, 3, sequence=1), BundleCheck.MESSAGES, "does not rise"),
        (lambda c: message(c, 3, form="mesure1+600000000"), BundleCheck.MESSAGES, "600 seconds"),
        (lambda c: message(c, 3, received_us=1), BundleCheck.REPLAY, "other bytes, from line"),
        (lambda c: c.pop("devices.json"), BundleCheck.MESSAGES, "devices.json"),
        (lambda c: c.pop("policy.yaml"), BundleCheck.REPLAY, "policy.yaml"),
        (
            lambda c: c.update({"policy.yaml": c["policy.yaml"].replace(b"0.95", b"0.99", 1)}),
            BundleCheck.REPLAY,
            "other bytes",
        ),
        (
            lambda c: c.update({"order/1.yaml": c["order/1.yaml"].replace(b"22:00", b"21:00")}),
            BundleCheck.REPLAY,
            "other bytes",
        ),
        (lambda c: c.update({"order/1.yaml": b"order: ["}), BundleCheck.REPLAY, "cannot be judged"),
        (
            lambda c: c.update({"judgement.json": c["judgement.json"].replace(b"not_met", b"met")}),
            BundleCheck.REPLAY,
            "from line",
        ),
        (lambda c: c.update({"fixes.csv": c["fixes.csv"][:-1]}), BundleCheck.REPLAY, "from line"),
        (lambda c: c.pop("log/key.txt"), BundleCheck.PROOF, "no key of a log"),
        (lambda c: c.update({"log/records.txt": b"x"}), BundleCheck.PROOF, "first line"),
        (
            lambda c: c.update(
                {"incident.json": c["incident.json"].replace(b'"id": "', b'"id": "x')}
            ),
            BundleCheck.KEPT,
            "another incident",
        ),
    ],
)
def test_the_step_that_fails_is_named(
    data: bytes, change: Callable[[dict[str, bytes]], None], step: BundleCheck, phrase: str
) -> None:
    error = fault(remade(data, change))
    assert error.step is step
    assert phrase in error.what


@pytest.mark.usefixtures("without_proof")
def test_a_record_that_is_not_the_one_of_the_log_is_named(data: bytes) -> None:
    def change(content: dict[str, bytes]) -> None:
        records = content["log/records.txt"]
        content["log/records.txt"] = records.replace(b'"role":"officer"', b'"role":"inspector"')

    error = fault(remade(data, change))
    assert (error.step, error.path[:11]) == (BundleCheck.PROOF, "log/proofs/")
    assert "not_included" in error.what
    gone = fault(remade(data, without("log/proofs/")))
    assert (gone.step, gone.what) == (BundleCheck.PROOF, "it is not there")


@pytest.mark.usefixtures("without_proof")
def test_what_the_service_said_otherwise_is_told_and_no_fault(data: bytes) -> None:
    def change(content: dict[str, bytes]) -> None:
        content["assessments.jsonl"] = content["assessments.jsonl"].replace(b"not_met", b"unknown")

    assert verify_bundle.verify(remade(data, change)).differs == (
        BundleDifference.OTHER_ASSESSMENTS,
    )


@pytest.mark.usefixtures("without_proof")
@pytest.mark.parametrize(("is_after", "later_us"), [(False, 0), (False, 1), (True, 0)])
def test_what_came_later_than_a_bundle_may_have_decided_what_is_beside_its_incident(
    data: bytes, is_after: bool, later_us: int
) -> None:
    """As an appointment that was kept in its last minute, or a night that a morning decided."""
    until_us = bundle_manifest.read_manifest(archive.read(data)[MANIFEST]).head.until_us

    def change(content: dict[str, bytes]) -> None:
        *_, last = json.loads(content["judgement.json"])["assessments"]
        over_us = json.loads(content["incident.json"])["end_us"]
        line = json.loads(content["assessments.jsonl"].splitlines()[0])
        line |= {"condition": last["condition"], "status": "unknown"}
        line |= {"start_us": over_us - (not is_after), "end_us": until_us + later_us}
        content["assessments.jsonl"] = json.dumps(line).encode() + b"\n"

    differs = () if is_after or later_us else (BundleDifference.OTHER_ASSESSMENTS,)
    assert verify_bundle.verify(remade(data, change)).differs == differs


def test_what_does_not_belong_in_a_bundle_is_named(data: bytes) -> None:
    error = fault(rebuilt(data, lambda files: files.update({"more.txt": b""})))
    assert (error.step, error.path) == (BundleCheck.FILES, "more.txt")
    missing = fault(rebuilt(data, without(MANIFEST)))
    assert (missing.step, missing.what) == (BundleCheck.MANIFEST, "it is not there")
    proofless = fault(rebuilt(data, without(bundle_make.PROOF)))
    assert (proofless.step, proofless.what) == (BundleCheck.PROOF, "it is not there")
    assert fault(b"").step is BundleCheck.MANIFEST or fault(b"").step is BundleCheck.CONTAINER
    assert fault(b"not a zip").step is BundleCheck.CONTAINER


def test_another_key_or_hash_than_was_named_is_told(data: bytes) -> None:
    other = PublicKey("log.example/other", KeyPurpose.NOTE, KEY.key)
    with pytest.raises(BundleError, match="not the key that you named"):
        verify_bundle.verify(data, other)
    with pytest.raises(BundleError, match="another hash"):
        verify_bundle.verify(data, None, "00" * 32)


def test_another_program_is_told_from_this_one(
    data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "digest", lambda: "00" * 32)
    assert verify_bundle.verify(data).other_engine == engine.VERSION


def test_a_bundle_from_before_some_thresholds_were_in_the_file_is_judged_the_same(
    data: bytes,
) -> None:
    """Why: what a court got must hold for as long as there is a program to read it."""
    files = archive.read(data)
    content = {p.removeprefix(CONTENT): of for p, of in files.items() if p.startswith(CONTENT)}
    head = bundle_manifest.read_manifest(files[MANIFEST]).head
    policy = content["policy.yaml"].decode()
    for name in ONCE_IN_CODE:
        policy, count = re.subn(rf"^  {name}:\n(?:    .*\n)+", "", policy, flags=re.MULTILINE)
        assert count == 1
    before = {**content, "policy.yaml": policy.encode()}
    judged_files = evaluate_again.judge(
        before, BundleSpan(head.until_us, head.received_until_us)
    ).files
    assert judged_files["fixes.csv"] == content["fixes.csv"]
    then, now = (json.loads(one["judgement.json"]) for one in (judged_files, content))
    assert then["inputs_sha256"].pop("policy") != now["inputs_sha256"].pop("policy")
    assert then == now


# --- What was reduced ----------------------------------------------------------------------------


def test_where_presence_alone_is_left_it_is_judged_the_same(tmp_path: Path) -> None:
    from datetime import timedelta

    from mesure.actions.data_rights.retained_data import IncidentClosure, RetentionContext
    from mesure.actions.records.procedure import default_retention
    from mesure.service.maintenance.home_reduction import HomeReducer

    with bundled.open_case(tmp_path) as case:
        whole = archive.read(case.make().data)
        case.office.now += timedelta(days=8)

        def standings(*_: object) -> Callable[[object], IncidentClosure]:
            return lambda _: IncidentClosure(None, is_contested=False)

        means = RetentionContext(default_retention(), standings, case.office.now)
        office = case.office
        reducer = HomeReducer(office.store, office.keyring, means, POLICY, is_dry=False)
        assert sum(step.things for step in reducer.steps("P-1")) > 600
        data = case.make().data
        report = verify_bundle.verify(data)
        assert report.reduced > 50
        assert report.signed > 10  # What lies about the incident is held as it was signed.
        left = archive.read(data)
        assert (
            json.loads(left["content/judgement.json"])["assessments"]
            == json.loads(whole["content/judgement.json"])["assessments"]
        )
        assert report.differs == ()


def test_the_same_files_judged_at_the_same_moment_are_the_same_bytes(
    case: Bundled, data: bytes
) -> None:
    files = archive.read(data)
    content = {p.removeprefix(CONTENT): of for p, of in files.items() if p.startswith(CONTENT)}
    head = bundle_manifest.read_manifest(files[MANIFEST]).head
    span = BundleSpan(head.until_us, head.received_until_us)
    judged_files, other = (evaluate_again.judge(content, span).files for _ in range(2))
    assert judged_files == other
    assert head.received_until_us <= to_us(case.office.now)


def test_what_is_nested_deeper_than_anything_is_refused_in_a_sentence(data: bytes) -> None:
    deep = b"[" * 100_000

    def spoilt(path: str) -> Callable[[dict[str, bytes]], None]:
        def change(files: dict[str, bytes]) -> None:
            files[path] = deep + b"]" * 100_000

        return change

    for path in archive.read(data):
        for again, name in ((remade, path.removeprefix(CONTENT)), (rebuilt, path)):
            assert fault(again(data, spoilt(name))).step in set(BundleCheck)
