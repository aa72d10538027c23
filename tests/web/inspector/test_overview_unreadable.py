"""Where somebody cannot be read, the statistics say that they are not of all."""

import csv
import io
from pathlib import Path

import pytest

from mesure.privacy.roles import Role
from tests.actions import house, test_statistics
from tests.web.inspector.test_routes_journeys import sign_in

NOT_OF_ALL = {
    "en": "These figures are not of all: 2 people cannot be read, or not whole.",
    "fr": "Ces chiffres ne portent pas sur tous : les données de 2 personnes ne peuvent pas",
    "ru": "Эти цифры не обо всех: данные 2 человек нельзя прочитать",
    "kk": "Бұл сандар бәрін қамтымайды: 2 адамның деректерін оқу мүмкін емес",
}


def test_nothing_is_said_where_everybody_can_be_read(tmp_path: Path) -> None:
    with house.office(tmp_path) as office:
        test_statistics.fill(office)
        test_statistics.count(office)
        browser = sign_in(office, "Dana", Role.INSPECTOR)
        browser.open("/inspector")
        assert "not of all" not in browser.text
        assert "only of those who can be read" not in browser.text


@pytest.mark.parametrize("language", sorted(NOT_OF_ALL))
def test_the_page_and_the_files_say_of_how_many_nothing_is_told(
    tmp_path: Path, language: str
) -> None:
    with house.office(tmp_path) as office:
        test_statistics.fill(office)
        for person in ("P-10", "P-11"):
            house.lose_key(tmp_path, person)
        test_statistics.count(office)
        browser = sign_in(office, "Dana", Role.INSPECTOR)
        browser.cookies.set("mesure_language", language)
        browser.open("/inspector")
        assert NOT_OF_ALL[language] in browser.text
        assert ("only of those who can be read" in browser.text) is (language == "en")
        browser.open("/inspector/statistics.csv?period=2026")
        rows = list(csv.DictReader(io.StringIO(browser.page)))
        assert {row["unreadable_persons"] for row in rows} == {"2"}
        browser.open("/api/v1/statistics")
        assert '"unreadable":2' in browser.page
