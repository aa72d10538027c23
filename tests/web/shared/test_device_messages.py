"""What devices say of themselves is said in plain words, all of it and in every language."""

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs

from mesure.formats.stored.device_reports import DeviceReport, DeviceReportKind
from mesure.machine import texts
from mesure.web.shared.evidence import device_messages
from mesure.web.shared.words.page_texts import PageTexts
from tests.web.filled import DEVICE, NINE

LANGUAGES = ["en", "fr", "ru", "kk"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_has_its_own_words(language: str) -> None:
    shown = PageTexts(texts.catalogue(language))
    english = PageTexts(texts.catalogue("en"))
    messages = [
        DeviceReport(DEVICE, NINE, what, value) for what in DeviceReportKind for value in (0, 1)
    ]
    sentences = [device_messages.words(one, shown) for one in messages]
    of_values = (
        DeviceReportKind.BATTERY,
        DeviceReportKind.CHARGING,
        DeviceReportKind.STRAP,
        DeviceReportKind.STILL,
    )
    assert len(set(sentences)) == len(DeviceReportKind) + len(of_values)
    if language != "en":
        assert not set(sentences) & {device_messages.words(one, english) for one in messages}


def test_a_page_about_something_else_shows_the_first_and_counts_all() -> None:
    shown = PageTexts(texts.catalogue("en"))
    call = DeviceReport(DEVICE, NINE, DeviceReportKind.WARNING, 1, "so\u202es")
    moments = (NINE + timedelta(minutes=at) for at in range(device_messages.SHOWN_MAX + 1))
    many = [structs.replace(call, observed_at=at) for at in moments]
    message_list = device_messages.some(many, shown)
    assert (len(message_list.lines), message_list.there) == (device_messages.SHOWN_MAX, len(many))
    assert "\u202e" not in message_list.lines[0].said
    assert replace(message_list, lines=(), there=0) == device_messages.NONE


def test_what_was_said_of_one_moment_is_one_line() -> None:
    shown = PageTexts(texts.catalogue("en"))
    reports = [
        DeviceReport(DEVICE, NINE, DeviceReportKind.BATTERY, 40),
        DeviceReport(DEVICE, NINE, DeviceReportKind.STRAP, 1),
        DeviceReport("phone-3", NINE, DeviceReportKind.STATUS, 1, "reduced"),
    ]
    first, second = device_messages.lines(reports, shown)
    assert first.words == "The battery is at 40 % · The strap is closed"
    assert (second.device, second.said) == ("phone-3", "reduced")
