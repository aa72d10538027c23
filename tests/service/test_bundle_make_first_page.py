"""A bundle begins with a page that lists what is in it, in the language of the asker."""

import re
from collections.abc import Iterator
from hashlib import sha256
from html import unescape
from pathlib import Path

import pytest

from mesure.actions.bundles import bundle_papers
from mesure.actions.bundles.bundle_papers import AddPapers
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.orders import court_papers
from mesure.actions.orders.court_papers import AttachPaper
from mesure.bundle import archive
from mesure.bundle import make as bundle_make
from mesure.bundle import papers as bundle_papers_pdf
from mesure.bundle import verify as verify_bundle
from mesure.bundle.papers import PaperMaker
from mesure.machine import texts
from mesure.reports.bundle.bundle_manifest import BundleError
from tests.service import bundled, independent_bundle
from tests.service.bundled import OFFICER, PERSON, Bundled

ROW = re.compile(
    r'<tr><th scope="row"><a href="([^"]+)">[^<]*</a></th><td>([^<]+)</td><td>([^<]*)</td>'
    r'<td class="size" data-label="[^"]+">([^<]*)</td>'
    r'<td data-label="[^"]+">(?:<code>([^<]*)</code>)?</td></tr>'
)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Bundled]:
    pytest.importorskip("typst")
    with bundled.open_case(tmp_path) as case:
        case.attach()
        paper = AttachPaper("A-1", 1, "order.pdf", b"%PDF-1.7 the court orders")
        case.office.do(OFFICER, court_papers.attach, paper)
        case.office.do(OFFICER, bundle_papers.add, AddPapers(case.incident().id))
        case.papers = PaperMaker(languages=("kk",))
        case.typeset = bundle_papers_pdf.typeset_page
        yield case


def in_language(case: Bundled, language: str) -> dict[str, bytes]:
    request = IncidentRequest(incident=case.incident().id)
    bundle = bundle_make.make(case.office.context(PERSON), request, case.house, language)
    verify_bundle.verify(bundle.data)
    independent_bundle.check(bundle.data)
    return archive.read(bundle.data)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_page_comes_first_and_lists_every_file_with_its_hash(
    case: Bundled, language: str
) -> None:
    files = in_language(case, language)
    assert list(files)[:3] == ["README.html", "README.pdf", "manifest.json"]
    assert files["README.pdf"].startswith(b"%PDF-1.7")
    page = files["README.html"].decode()
    assert f'<html lang="{language}">' in page
    rows = ROW.findall(page)
    assert [unescape(row[0]) for row in rows] == list(files)
    unknown = texts.catalogue(language).text("A file that this program does not know.")
    assert unknown not in page
    made_after = {"README.html", "README.pdf", bundle_make.RECORD, bundle_make.PROOF}
    for path, _, _, size, digest in rows:
        if path in made_after:
            assert (size, digest) == ("", "")
        else:
            assert digest == sha256(files[path]).hexdigest(), path
            assert int(size.replace("\u00a0", "")) == len(files[path])
    assert {row[0] for row in rows if row[2]} == {
        "content/assessments.jsonl", "content/devices.json", "content/fixes.csv",
        "content/judgement.json", "content/messages.jsonl",
    }  # fmt: skip


def test_the_same_content_has_the_same_hash_whatever_the_language(case: Bundled) -> None:
    french, kazakh = in_language(case, "fr"), in_language(case, "kk")
    assert french["manifest.json"] == kazakh["manifest.json"]
    assert french["README.html"] != kazakh["README.html"]
    assert in_language(case, "fr")["README.pdf"] == french["README.pdf"]


@pytest.mark.parametrize("path", ["README.html", "README.pdf"])
def test_a_page_that_was_changed_is_named_and_one_that_is_left_out_is_not_missed(
    case: Bundled, path: str
) -> None:
    files = in_language(case, "en")
    changed = {**files, path: files[path] + b" "}
    with pytest.raises(BundleError) as caught:
        verify_bundle.verify(archive.write(changed))
    assert (caught.value.step.value, caught.value.path) == ("readable", path)
    with pytest.raises(independent_bundle.RefusedError):
        independent_bundle.check(archive.write(changed))
    del files[path]
    assert verify_bundle.verify(archive.write(files)).papers == 1


def test_without_what_sets_a_page_it_comes_as_html_alone(case: Bundled) -> None:
    case.typeset = None
    files = in_language(case, "en")
    assert list(files)[:2] == ["README.html", "manifest.json"]
    assert "README.pdf" not in files["README.html"].decode()
