"""Files are loaded whole, and nothing else is waited for or filled the memory with."""

import os
from pathlib import Path

import pytest

from mesure.machine import file_loading
from mesure.orders.text.order_faults import OrderError
from mesure.record.replay import read_order
from tests.service.files import ORDER, write

WHY = "it is needed"


def test_a_file_is_loaded_whole(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert file_loading.read_file(tmp_path / "a", WHY) == b"12345"
    assert file_loading.read_file(tmp_path / "a", WHY, 5) == b"12345"


def test_of_a_file_that_is_too_large_one_byte_more_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert file_loading.read_file(tmp_path / "a", WHY, 3) == b"1234"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere", "no such file or directory"),
        (".", "is a directory"),
        ("a\0b", "this is no name of a file"),
        ("x" * 300, "file name too long"),
    ],
)
def test_what_cannot_be_loaded_is_a_sentence(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(OrderError) as caught:
        file_loading.read_file(tmp_path / name, WHY)
    [fault] = caught.value.faults
    assert (fault.what, fault.why) == (message, WHY)


def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    try:
        os.write(writer, b"piped")
        os.close(writer)
        assert file_loading.read_file(Path(f"/dev/fd/{reader}"), WHY) == b"piped"
    finally:
        os.close(reader)


def test_a_device_that_ends_at_once_is_an_empty_file() -> None:
    assert file_loading.read_file(Path(os.devnull), WHY) == b""


def test_a_device_that_never_ends_is_refused() -> None:
    with pytest.raises(OrderError, match="after 1048576 bytes it has not ended; it is needed"):
        file_loading.read_file(Path("/dev/zero"), WHY)
    assert file_loading.read_file(Path("/dev/zero"), WHY, 10) == bytes(11)


# --- What an order names ---------------------------------------------------------------------


def test_files_beside_an_order_are_loaded_and_others_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "case" / "orders"
    (folder / "sub").mkdir(parents=True)
    for path in ("a", "sub/b", "../c", "../../out"):
        (folder / path).write_bytes(path.encode())
    os.mkfifo(folder / "pipe")
    (folder / "leads-in").symlink_to("sub/b")
    (folder / "leads-out").symlink_to("../../out")
    (folder / "leads-to-itself").symlink_to("leads-to-itself")
    (folder / "device").symlink_to("/dev/zero")
    names = ["a", "sub/b", "../c", "leads-in"]
    others = ["../../out", "leads-out", "leads-to-itself", "pipe", "device", "sub", "a\0b", "none"]
    loaded = file_loading.beside(folder, [*others, *names], 100)
    assert loaded == {"a": b"a", "sub/b": b"sub/b", "../c": b"../c", "leads-in": b"sub/b"}


def test_a_folder_that_is_a_link_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "a").write_bytes(b"map")
    (tmp_path / "link").symlink_to("case")
    assert file_loading.beside(tmp_path / "link", ["a"], 100) == {"a": b"map"}


def test_no_more_is_loaded_than_the_reader_takes(tmp_path: Path) -> None:
    for name in "abcd":
        (tmp_path / name).write_bytes(b"12345")
    loaded = file_loading.beside(tmp_path, "abcd", 7)
    assert loaded == {"a": b"12345", "b": b"123", "c": b"1", "d": b"1"}


def test_an_order_is_not_trapped_by_a_map_that_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.geojson")
    named = ORDER.replace("home: {lat", "area: {geojson: pipe.geojson, feature: x}\n  home: {lat")
    [order] = write(tmp_path, order_yaml=named)
    with pytest.raises(OrderError, match=r"“pipe.geojson” is not there, cannot be read, or is"):
        read_order(order)
