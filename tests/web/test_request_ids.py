from mesure.web.requests.request_ids import RequestIds
from tests.web.serving import ask, echo


def test_an_id_is_made_here_whatever_the_request_brings() -> None:
    app = RequestIds(echo, bytes)
    answer = ask(app, headers={"X-Request-ID": "Aigerim"})
    assert answer.headers.get_list("x-request-id") == ["00" * 12]
