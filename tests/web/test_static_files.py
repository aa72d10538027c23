from pathlib import Path

import pytest

from mesure.web.static_files import StaticFiles
from tests.web.serving import ask


@pytest.fixture
def files(tmp_path: Path) -> StaticFiles:
    (tmp_path / "icons").mkdir()
    (tmp_path / "frame.css").write_text("body { margin: 0 }")
    (tmp_path / "icons" / "mark.svg").write_text("<svg/>")
    (tmp_path / ".hidden").write_text("no")
    return StaticFiles(tmp_path)


def test_a_file_is_served_for_ever_under_the_name_of_its_content(files: StaticFiles) -> None:
    answer = ask(files, path=files.address("frame.css"))
    assert answer.text == "body { margin: 0 }"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert files.address("icons/mark.svg").startswith("/static/icons/mark.")
    assert ask(files, path=files.address("icons/mark.svg")).headers["content-type"] == (
        "image/svg+xml"
    )


def test_other_content_has_another_address(files: StaticFiles, tmp_path: Path) -> None:
    before = files.address("frame.css")
    (tmp_path / "frame.css").write_text("body { margin: 1px }")
    assert StaticFiles(tmp_path).address("frame.css") != before
    assert ask(files, path=before).text == "body { margin: 0 }"


def test_head_says_the_length_and_sends_nothing(files: StaticFiles) -> None:
    answer = ask(files, "HEAD", files.address("frame.css"))
    assert (answer.headers["content-length"], answer.content) == ("18", b"")


@pytest.mark.parametrize(
    "path", ["/static/", "/static/frame.css", "/static/../test_static_files.py", "/static/.hidden"]
)
def test_nothing_else_is_served(files: StaticFiles, path: str) -> None:
    assert ask(files, path=path).status_code == 404


def test_a_file_is_not_written(files: StaticFiles) -> None:
    assert ask(files, "POST", files.address("frame.css")).status_code == 404


def test_a_page_that_names_a_file_which_is_not_there_is_found(files: StaticFiles) -> None:
    with pytest.raises(KeyError):
        files.address("gone.css")


def test_what_shrinks_is_sent_squeezed_to_who_can_read_it(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("p { color: red; }\n" * 100)
    (tmp_path / "b.png").write_bytes(b"p" * 1000)
    files = StaticFiles(tmp_path)
    for name, codings, squeezed in [("a.css", "gzip", True), ("a.css", "br", False)]:
        answer = ask(files, path=files.address(name), headers={"Accept-Encoding": codings})
        assert (answer.headers.get("content-encoding") == "gzip") is squeezed
        assert answer.text == "p { color: red; }\n" * 100
    picture = ask(files, path=files.address("b.png"), headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in picture.headers


def test_libraries_of_others_stay_beside_each_other(tmp_path: Path) -> None:
    (tmp_path / "vendor" / "map").mkdir(parents=True)
    (tmp_path / "vendor" / "map" / "map.mjs").write_text("import './worker.mjs'")
    (tmp_path / "vendor" / "map" / "worker.mjs").write_text("1")
    files = StaticFiles(tmp_path)
    main, worker = (files.address(f"vendor/map/{name}.mjs") for name in ("map", "worker"))
    assert main.rpartition("/")[0] == worker.rpartition("/")[0]
    assert main.endswith("/map.mjs")
    (tmp_path / "vendor" / "map" / "worker.mjs").write_text("2")
    assert StaticFiles(tmp_path).address("vendor/map/map.mjs") != main
    assert files.has("vendor/map/map.mjs")
    assert not files.has("vendor/none.mjs")
