from urllib.parse import urlencode

import pytest

from mesure.web.requests import csrf
from mesure.web.requests.csrf import CsrfCheck
from tests.web.serving import ORIGIN, ask, echo

APP = CsrfCheck(echo)
SESSION = {"session": "a secret of the session"}
TOKEN = csrf.token(SESSION["session"])


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_needs_no_token(method: str) -> None:
    headers = {"sec-fetch-site": "cross-site"}
    assert ask(APP, method, state=SESSION, headers=headers).status_code == 200


def test_no_other_site_makes_somebody_look_through_the_api() -> None:
    headers = {"sec-fetch-site": "cross-site"}
    assert ask(APP, path="/api/v1/caseload", state=SESSION, headers=headers).status_code == 403
    headers = {"sec-fetch-site": "same-origin"}
    assert ask(APP, path="/api/v1/caseload", state=SESSION, headers=headers).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_change_by_a_session_without_the_token_is_refused(method: str) -> None:
    answer = ask(APP, method, state=SESSION)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_token_in_a_header_is_taken() -> None:
    assert ask(APP, "POST", state=SESSION, headers={"X-CSRF-Token": TOKEN}).status_code == 200


def test_the_token_of_another_session_is_refused() -> None:
    other = csrf.token("another session")
    assert ask(APP, "POST", state=SESSION, headers={"X-CSRF-Token": other}).status_code == 403
    assert ask(APP, "POST", state=SESSION, headers={"X-CSRF-Token": b"\xc3\xa9"}).status_code == 403


def test_the_token_in_a_form_is_taken_and_the_form_is_read_again() -> None:
    answer = ask(APP, "POST", state=SESSION, data={"reason": "night shift", "csrf": TOKEN})
    assert answer.status_code == 200
    assert answer.text == urlencode({"reason": "night shift", "csrf": TOKEN})


def test_the_token_in_a_form_with_a_document_is_taken() -> None:
    answer = ask(
        APP, "POST", state=SESSION, data={"csrf": TOKEN}, files={"document": b"%PDF-1.7 ..."}
    )
    assert answer.status_code == 200
    assert b"%PDF-1.7 ..." in answer.content


@pytest.mark.parametrize("data", [{}, {"csrf": "no"}, {"csrf": ""}])
def test_a_form_without_the_right_token_is_refused(data: dict[str, str]) -> None:
    form = {"reason": "night shift", **data}
    assert ask(APP, "POST", state=SESSION, data=form).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_site_asked_for_is_refused_even_with_the_token(site: str) -> None:
    headers = {"X-CSRF-Token": TOKEN, "Sec-Fetch-Site": site}
    assert ask(APP, "POST", state=SESSION, headers=headers).status_code == 403


@pytest.mark.parametrize("origin", ["https://other.example", "null", "https://mesure.example:8443"])
def test_a_foreign_origin_is_refused_also_before_anybody_signed_in(origin: str) -> None:
    assert ask(APP, "POST", headers={"Origin": origin}).status_code == 403
    assert ask(APP, "POST", headers={"Origin": ORIGIN}).status_code == 200


def test_a_bearer_token_needs_no_other() -> None:
    state = {"bearer": True}
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert ask(APP, "POST", state=state, headers=headers).status_code == 200


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=a"])
def test_a_form_that_is_none_is_refused_like_any_other(kind: str) -> None:
    many = b"".join(
        b'--a\r\nContent-Disposition: form-data; name="%d"\r\n\r\n\r\n' % count
        for count in range(1_001)
    )
    headers = {"Content-Type": kind}
    answer = ask(APP, "POST", state=SESSION, headers=headers, content=many + b"--a--")
    assert answer.status_code == 403
