"""The manifest of a bundle: one way to write it, and every file of the content held against it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.reports.bundle import bundle_manifest
from mesure.reports.bundle.bundle_manifest import (
    BundleCheck,
    BundleError,
    BundleHead,
    MalformedBundleError,
)
from tests.orders.plain_catalogue import PlainCatalogue

HEAD = BundleHead("P-1", "A-1", "I-1", -5, 10, 20, "0.1", "ab" * 32, "2026a")
CONTENT = {"order/1.yaml": b"order", "map.txt": b""}
WRITTEN = bundle_manifest.manifest(HEAD, CONTENT)


def test_a_manifest_is_read_as_it_was_written() -> None:
    manifest = bundle_manifest.read_manifest(WRITTEN)
    assert manifest.head == HEAD
    assert manifest.files["map.txt"][0] == 0
    bundle_manifest.check_files(manifest, CONTENT)


def test_the_hash_hangs_on_the_content_and_the_head_alone() -> None:
    backwards = dict(reversed(CONTENT.items()))
    assert bundle_manifest.manifest(HEAD, backwards) == WRITTEN
    assert bundle_manifest.hash_of(bundle_manifest.manifest(HEAD, {})) != bundle_manifest.hash_of(
        WRITTEN
    )


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        WRITTEN + b"\n",
        WRITTEN.replace(b"mesure bundle 1", b"mesure bundle 2"),
        WRITTEN.replace(b'"order":', b'"more":1,"order":'),
        WRITTEN.replace(b'{"bytes":5,', b'{"bytes":5.0,'),
        WRITTEN.replace(b'"files":{', b'"files":{"x":7,'),
        WRITTEN.replace(b'"person":"P-1"', b'"person":null,"person":"P-1"'),
    ],
)
def test_what_is_written_otherwise_is_no_manifest(written: bytes) -> None:
    with pytest.raises(MalformedBundleError):
        bundle_manifest.read_manifest(written)


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_there_is_a_manifest_or_a_refusal(written: bytes) -> None:
    with pytest.raises(MalformedBundleError):
        bundle_manifest.read_manifest(written)


@pytest.mark.parametrize(
    ("change", "path", "what"),
    [
        ({"order/1.yaml": b"orders"}, "order/1.yaml", "not the one"),
        ({"order/1.yaml": b"ordeR"}, "order/1.yaml", "not the one"),
        ({"a": b""}, "a", "not named"),
        ({"map.txt": None}, "map.txt", "not there"),
    ],
)
def test_a_content_that_is_another_is_named(change: dict[str, Any], path: str, what: str) -> None:
    content = {name: data for name, data in (CONTENT | change).items() if data is not None}
    with pytest.raises(BundleError) as caught:
        bundle_manifest.check_files(bundle_manifest.read_manifest(WRITTEN), content)
    assert (caught.value.step, caught.value.path) == (BundleCheck.FILES, path)
    assert what in caught.value.what


def test_what_nobody_knows_comes_last() -> None:
    assert list(bundle_manifest.sort_paths(["zzz", "readable/a", "content/b", "content/a"])) == [
        "content/a",
        "content/b",
        "readable/a",
        "zzz",
    ]


def test_every_step_has_words_of_its_own() -> None:
    assert len({step.in_words(PlainCatalogue()) for step in BundleCheck}) == len(BundleCheck)


def test_the_first_line_that_differs_is_counted_from_one() -> None:
    assert bundle_manifest.first_difference(b"", b"a") == 1
    assert bundle_manifest.first_difference(b"a\nb", b"a\nb\nc") == 3
    assert json.loads(WRITTEN)["from_us"] == -5
