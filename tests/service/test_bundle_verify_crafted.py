"""Whatever a stranger puts into a bundle, it is refused in a sentence or it holds; nothing breaks.

The stranger has a key of their own and makes manifest and proofs fit, so that each reader gets what
was put there.
"""

import json
import random
import re
import time
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from mesure.actions.bundles import order_files
from mesure.bundle import archive, evaluate_again
from mesure.bundle import verify as verify_bundle
from mesure.bundle.evaluate_again import BundleSpan
from mesure.reports.bundle.bundle_manifest import BundleCheck, BundleError
from tests.conftest import LONG
from tests.evaluation.scenes import Fix, stay, us, walk
from tests.formats import test_reduce_messages
from tests.service import bundled, crafting, independent_bundle
from tests.service.crafting import Content, Json
from tests.service.independent_bundle import RefusedError

TIMES = 40 * LONG  # Of each way to spoil one.
OBJECTS = (
    evaluate_again.INCIDENT,
    evaluate_again.REVIEW,
    evaluate_again.DEVICES,
    order_files.BINDING,
)
LINES = (evaluate_again.MESSAGES, evaluate_again.ASSESSMENTS)


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Json], Content]:
    """Give a small bundle in its parts: somebody is away for two hours of a night."""
    fixes = [
        *stay("10T21:30", "10T22:30", 8.0, every_s=300),
        *walk("10T22:30", 8.0, 1_900.0, every_s=60),
        *stay("10T23:00", "11T00:30", 1_900.0, every_s=300),
    ]
    messages = [
        test_reduce_messages.message(number, fixes[at : at + 12])
        for number, at in enumerate(range(0, len(fixes), 12), start=2)
    ]
    with bundled.open_case(tmp_path_factory.mktemp("crafted"), messages) as case:
        case.attach()
        return crafting.parts(case.make().data)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a bundle as it is made, with papers, documents and records of the log."""
    papers = {"en.txt": b"Read this.\n"}
    with bundled.open_case(tmp_path_factory.mktemp("whole"), papers=lambda *_: papers) as case:
        case.attach()
        return case.make().data


def find_fault(data: bytes, what: object) -> BundleError | None:
    """Return why a bundle does not hold; anything but that and holding is a fault of ours."""
    try:
        verify_bundle.verify(data)
    except BundleError as error:
        return error
    except Exception as error:
        raise AssertionError(f"{what} ends in {error!r}") from error
    return None


def test_what_a_stranger_puts_together_unchanged_holds(
    honest: tuple[dict[str, Json], Content],
) -> None:
    assert find_fault(crafting.bundle(*honest), "unchanged") is None


@pytest.mark.parametrize("path", OBJECTS)
def test_an_object_with_anything_in_it_is_refused_in_a_sentence(
    honest: tuple[dict[str, Json], Content], path: str
) -> None:
    head, content = honest
    chance, refused = random.Random(path), 0
    for times in range(20 * TIMES):  # Where most of it is words, few are refused.
        if times >= TIMES and refused:
            break
        value, what = crafting.spoilt(json.loads(content[path]), chance)
        error = find_fault(crafting.bundle(head, {**content, path: crafting.plain(value)}), what)
        refused += error is not None
    assert refused


@pytest.mark.parametrize("path", LINES)
def test_a_line_with_anything_in_it_is_refused_in_a_sentence(
    honest: tuple[dict[str, Json], Content], path: str
) -> None:
    head, content = honest
    chance = random.Random(path)
    lines = content[path].splitlines()
    for _ in range(TIMES):
        at = chance.randrange(len(lines))
        value, what = crafting.spoilt(json.loads(lines[at]), chance)
        text = b"\n".join([*lines[:at], crafting.plain(value), *lines[at + 1 :]])
        find_fault(crafting.bundle(head, {**content, path: text + b"\n"}), what)


def test_a_file_of_anything_is_refused_in_a_sentence(
    honest: tuple[dict[str, Json], Content],
) -> None:
    head, content = honest
    chance = random.Random(4)
    for _ in range(TIMES):
        path = chance.choice(sorted(content))
        other, what = crafting.spoilt_text(content[path], chance)
        find_fault(crafting.bundle(head, {**content, path: other}), (path, what))


def test_a_manifest_or_a_record_with_anything_in_it_is_refused_in_a_sentence(
    honest: tuple[dict[str, Json], Content],
) -> None:
    head, content = honest
    chance = random.Random(5)
    whole = {
        **head,
        "files": {
            path: {"bytes": len(of), "sha256": sha256(of).hexdigest()}
            for path, of in content.items()
        },
    }
    for _ in range(TIMES):
        value, what = crafting.spoilt(whole, chance)
        error = find_fault(crafting.with_manifest(crafting.plain(value), content), what)
        assert error is not None, what  # The key of the log is not among what is named.
        head_, what = crafting.spoilt(
            {name: head[name] for name in head if name != "files"}, chance
        )
        if isinstance(head_, dict):
            find_fault(crafting.bundle(head_, content), what)
    for _ in range(TIMES):

        def record(known_as: str) -> Json:
            facts = {"bundle": known_as, "readable": {"readable/en.pdf": "0" * 64}}
            return crafting.spoilt({"facts": facts, "by": "A-1"}, chance)[0]

        find_fault(crafting.bundle(head, content, record), "record")


@pytest.mark.parametrize(
    ("path", "key", "other", "what"),
    [
        (evaluate_again.INCIDENT, "person", "P-9", "another person"),
        (evaluate_again.INCIDENT, "id", "I-9", "another incident"),
        (order_files.BINDING, "person", "P-9", "another person"),
        (order_files.BINDING, "order", "A-9", "another order"),
    ],
)
def test_each_file_is_about_the_incident_the_order_and_the_person_of_the_manifest(
    honest: tuple[dict[str, Json], Content], path: str, key: str, other: str, what: str
) -> None:
    head, content = honest
    value = json.loads(content[path])
    assert key in value
    spoilt = crafting.plain({**value, key: other})
    error = find_fault(crafting.bundle(head, {**content, path: spoilt}), what)
    assert error is not None
    assert (error.step, error.path) == (BundleCheck.KEPT, path)
    assert what in error.what


def test_an_incident_from_before_persons_were_named_in_it_holds(
    honest: tuple[dict[str, Json], Content],
) -> None:
    head, content = honest
    value = json.loads(content[evaluate_again.INCIDENT])
    del value["person"]
    before = {**content, evaluate_again.INCIDENT: crafting.plain(value)}
    assert find_fault(crafting.bundle(head, before), "before") is None


def test_many_assessments_of_many_days_are_compared_at_once(
    honest: tuple[dict[str, Json], Content],
) -> None:
    """Twenty years of nights, and as many lines about them: each with each takes minutes."""
    head, content = honest
    years_us = 20 * 366 * 86_400 * 1_000_000
    devices = json.loads(content[evaluate_again.DEVICES])
    devices[0]["carried"][0][0] -= years_us
    first, *lines = (json.loads(line) for line in content[evaluate_again.MESSAGES].splitlines())
    early_us = us("10T21:30") - years_us
    early = test_reduce_messages.message(2, [Fix(early_us, early_us, 8.0)])
    first |= {"received_us": early.received_us, "digest": sha256(early.body).hexdigest()}
    first |= {"body": b64encode(early.body).decode()}
    content = {
        **content,
        "order/1.yaml": content["order/1.yaml"].replace(b"from: 2026", b"from: 2000"),
        evaluate_again.DEVICES: crafting.plain(devices),
        evaluate_again.MESSAGES: b"".join(crafting.plain(one) + b"\n" for one in (first, *lines)),
        evaluate_again.ASSESSMENTS: 10_000
        * b'{"condition":"C1","status":"met","start_us":0,"end_us":1}\n',
    }
    span = BundleSpan(head["until_us"], head["received_until_us"])
    judged = evaluate_again.judge(content, span)
    assert len(judged.replay.statement.assessments) > 5_000
    data = crafting.bundle(head, {**content, **judged.files})
    began_s = time.process_time()
    assert find_fault(data, "many") is None
    assert time.process_time() - began_s < 30


# --- A second reader, from the page alone ---------------------------------------------------------


def refusal_step(data: bytes) -> str | None:
    try:
        independent_bundle.check(data)
    except RefusedError as error:
        return error.step
    return None


def test_what_holds_is_taken_by_a_reader_that_was_written_from_the_page(
    honest: tuple[dict[str, Json], Content], whole: bytes
) -> None:
    assert refusal_step(whole) is None
    assert refusal_step(crafting.bundle(*honest)) is None


def test_a_reader_that_was_written_from_the_page_finds_the_same_step(whole: bytes) -> None:
    """Of changes to files whose hashes and proofs are put right, and of such where they are not."""
    chance = random.Random(6)
    head, content = crafting.parts(whole)
    steps: set[str] = set()
    for number in range(TIMES * 2):
        path = chance.choice(["review.json", "messages.jsonl", "incident.json"])
        text = content[path]
        at = chance.randrange(len(text))
        other = bytes([text[at] ^ (1 << chance.randrange(7))])
        changed = text[:at] + other + text[at + 1 :]
        match number % 3:
            case 0:
                data = crafting.bundle(head, {**content, path: changed})
            case 1:
                files = archive.read(whole)
                data = archive.write({**files, f"content/{path}": changed})
            case _:
                at = chance.randrange(len(whole))
                data = whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :]
        ours = find_fault(data, path)
        if ours is not None and ours.step is not BundleCheck.REPLAY:
            try:
                theirs = refusal_step(data)
            except (KeyError, TypeError, ValueError, IndexError, AttributeError):
                continue  # It reads what is of its form only.
            assert theirs == ours.step.value, (path, ours)
            steps.add(ours.step.value)
    assert steps >= {"container", "files", "messages"}


def test_the_second_reader_imports_nothing_of_ours() -> None:
    text = Path(independent_bundle.__file__).read_text()
    modules = re.findall(r"^(?:from|import) ([\w.]+)", text, re.MULTILINE)
    assert not any(name.startswith(("mesure", "tests")) for name in modules)


def test_every_key_of_a_bundle_stands_on_the_page(honest: tuple[dict[str, Json], Content]) -> None:
    """What a reader needs and the page does not say is a gap."""
    page = (Path(__file__).parents[2] / "docs" / "specs" / "evidence_bundle.md").read_text()
    head, content = honest
    keys = {*head, *crafting.names(json.loads(content["order/binding.json"]))}
    for path in (evaluate_again.INCIDENT, evaluate_again.REVIEW, evaluate_again.DEVICES):
        value = json.loads(content[path])
        if path == evaluate_again.INCIDENT:
            keys |= {"told", *value.pop("told")}
        keys |= crafting.names(value)
    for path in LINES:
        keys |= crafting.names([json.loads(line) for line in content[path].splitlines()])
    keys |= set(content["fixes.csv"].splitlines()[0].decode().split(","))
    assert not {name for name in keys if f"`{name}`" not in page}


def test_a_byte_that_was_changed_at_the_end_of_much_is_found_at_once() -> None:
    data = archive.write({"content/map": bytes(48 << 20)})
    began_s = time.process_time()
    with pytest.raises(BundleError, match=f"its end: byte {len(data) - 1} "):
        archive.read(data[:-1] + b"\1")
    assert time.process_time() - began_s < 2, "byte by byte it takes four seconds and more"
