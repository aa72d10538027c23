import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mesure.service import mail
from mesure.service.installation.settings import MailTls
from mesure.service.mail import DeliveryError, Email, MailServer
from tests.service.sinks import MailSink, mail_sink

NOW = datetime(2026, 2, 10, 8, tzinfo=UTC)
LETTER = Email(
    to="o.officer@probation.example",
    subject="Есть новости",
    text="Есть, что прочитать.\n.\nПрочитайте здесь: https://mesure.example/portal\n",
    language="ru",
    key="notice I-1:opened",
)


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with mail_sink() as running:
        yield running


def _server(sink: MailSink) -> MailServer:
    return MailServer("127.0.0.1", sink.port, "Mesure <no-reply@mesure.example>", MailTls.NONE)


def test_a_letter_arrives_as_it_was_written(sink: MailSink) -> None:
    mail.send(_server(sink), LETTER, NOW)
    [letter] = sink.letters
    assert letter["To"] == LETTER.to
    assert letter["Subject"] == LETTER.subject
    assert letter.get_content().replace("\r\n", "\n") == LETTER.text
    assert (letter["Auto-Submitted"], letter["Content-Language"]) == ("auto-generated", "ru")


@pytest.mark.parametrize("farewell", ["421 too busy", "250 well", "no answer at all"])
def test_what_a_server_took_is_sent_however_it_takes_leave(sink: MailSink, farewell: str) -> None:
    """It was tried again for three days, and arrived each time."""
    sink.farewell = farewell
    mail.send(_server(sink), LETTER, NOW)
    assert len(sink.letters) == 1


def test_the_same_letter_has_the_same_name_and_another_has_another(sink: MailSink) -> None:
    for letter in (LETTER, LETTER, replace(LETTER, key="notice I-2:opened")):
        mail.send(_server(sink), letter, NOW)
    first, again, other = (letter["Message-ID"] for letter in sink.letters)
    assert first == again
    assert first != other
    assert first.endswith("@mesure.example>")
    assert "I-1" not in first


@pytest.mark.parametrize(
    "to",
    [
        "", "nobody", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example",
        "A. B. <", "@", "undisclosed:;", "u:%>;é", ":a@[<-", " .t@", "'u@[ ",
        ".+:au;", "a@b..example",
        "=?utf-8?b?YQ0KQmNjOiB4QHkuego=?= :%<a@b.example>", "é@b.example", "a@" + "b" * 64,
        "a@straße.example", "a@σοφος.example",
        "=?utf-8?q?a=0d=0aBcc:c@d.example?=@b.example", "x" * 250 + "@b.example",
    ],
)  # fmt: skip
def test_what_is_no_single_address_gets_nothing(sink: MailSink, to: str) -> None:
    with pytest.raises(DeliveryError) as raised:
        mail.send(_server(sink), replace(LETTER, to=to), NOW)
    assert raised.value.is_final
    assert not sink.letters


def test_a_domain_that_two_standards_read_differently_is_written_in_plain_letters(
    sink: MailSink,
) -> None:
    mail.send(_server(sink), replace(LETTER, to="a@xn--strae-oqa.example"), NOW)
    assert sink.letters[0]["To"] == "a@xn--strae-oqa.example"


def test_a_domain_in_other_letters_is_written_in_plain_ones(sink: MailSink) -> None:
    mail.send(_server(sink), replace(LETTER, to=" o.o'neil+news@мысал.қаз "), NOW)
    assert sink.letters[0]["To"] == "o.o'neil+news@xn--80awbu3c.xn--80ao21a"


@given(st.text(alphabet="a1@.,;:<>()[]\"\\ 'é=?_+%-\r\n\u0434", max_size=16))
@example("=?utf-8?q?a,f =0d=0aBcc:x@y.z?=@b.c")
def test_whatever_an_address_says_there_is_one_receiver_or_none(to: str) -> None:
    try:
        message = mail.message(replace(LETTER, to=to), "Mesure <no-reply@mesure.example>", NOW)
    except DeliveryError:
        return
    head = message.as_bytes().partition(b"\r\n\r\n")[0].lower()
    assert (head.count(b"\r\nto:"), b"bcc" in head) == (1, False)


@pytest.mark.parametrize(("answer", "is_final"), [("550 none", True), ("450 full", False)])
def test_a_refused_receiver_is_tried_again_only_where_that_helps(
    sink: MailSink, answer: str, is_final: bool
) -> None:
    sink.refuses[LETTER.to] = answer
    with pytest.raises(DeliveryError) as raised:
        mail.send(_server(sink), LETTER, NOW)
    assert raised.value.is_final is is_final
    assert LETTER.to not in str(raised.value)


def test_a_server_that_is_away_is_tried_again() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        server = MailServer(
            "127.0.0.1", reserved.getsockname()[1], "m@mesure.example", MailTls.NONE
        )
        with pytest.raises(DeliveryError) as raised:
            mail.send(server, LETTER, NOW)
    assert (raised.value.why, raised.value.is_final) == ("ConnectionRefusedError", False)


@pytest.mark.parametrize("tls", [MailTls.STARTTLS, MailTls.WHOLE])
def test_nothing_is_sent_in_clear_where_tls_was_asked_for(sink: MailSink, tls: MailTls) -> None:
    with pytest.raises(DeliveryError):
        mail.send(replace(_server(sink), tls=tls), LETTER, NOW)
    assert not sink.letters
