"""An archive with a row that does not open, or of which a file is missing, is no less judged."""

import sqlite3
from contextlib import closing
from datetime import date

import pytest

from mesure.instants import US_PER_DAY
from mesure.machine.progress import ProgressStages
from mesure.machine.service_error import TransientServiceError
from mesure.service.archive import sealed_rows, trail_archive
from mesure.service.country import policy_differences, process_pool, rejudge_run
from mesure.store.values import partitions
from tests.service.countries import Country
from tests.service.test_country_rejudge import ONE, country, country_folder, run

__all__ = ["country", "country_folder"]


def test_a_row_of_the_archive_that_does_not_open_is_named_and_judged_by_the_store(
    country: Country,
) -> None:
    person, out = country.results(country.out)[0].person, country.plan("spoilt row")  # type: ignore[union-attr]
    path = trail_archive.files(country.archive, partitions.partition_of(person))[0]
    content = path.read_bytes()
    try:
        first = next(iter(trail_archive.read_day(country.made.keyring, path)))[0]
        rows = [
            row._replace(body=b"spoilt" + row.body) if number == 0 else row
            for number, row in enumerate(sealed_rows.rows(path))
        ]
        sealed_rows.write(path, rows, sealed_rows.note(path) or b"")
        outcome = rejudge_run.run(country.made, country.setup, out, ONE, ProgressStages())
    finally:
        path.write_bytes(content)
    assert (outcome.persons, outcome.unreadable) == (5, {})
    assert outcome.shut == {first: {date.fromisoformat(path.stem)}}
    report = policy_differences.report_text(outcome)
    assert "`mesure verify-store`): 1, of persons: 1." in report
    assert policy_differences.totals(outcome)["unreadable_rows"] == 1


def receive_on_two_days(country: Country, person: str) -> int:
    """Have the first half of what came of a person have come a day earlier; return where it is."""
    with closing(sqlite3.connect(country.made.folder.database)) as database:
        database.execute(
            "UPDATE message SET received_us = received_us - ? WHERE person = ? AND sequence"
            " < (SELECT avg(sequence) FROM message WHERE person = ?)",
            (US_PER_DAY, person, person),
        )
        database.commit()
    partition = partitions.partition_of(person)
    trail_archive.sync(country.made, [partition])
    return partition


@pytest.mark.parametrize("stopped_at", ["settle", "write"])
def test_an_archive_that_is_half_brought_up_to_date_is_left_out(
    country: Country, monkeypatch: pytest.MonkeyPatch, stopped_at: str
) -> None:
    """A process was killed when it had taken away the first of two days, or was to write it."""
    person, out = country.results(country.out)[0].person, country.plan("half")  # type: ignore[union-attr]
    partition, whole = receive_on_two_days(country, person), country.plan("whole")
    run(country, whole)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    first, _ = trail_archive.files(country.archive, partition)
    first.write_bytes(b"damaged")
    with monkeypatch.context() as killing:
        killing.setattr(sealed_rows, stopped_at, interrupt)
        with pytest.raises(KeyboardInterrupt):
            trail_archive.sync(country.made, [partition])
    first.unlink()
    with pytest.raises(TransientServiceError, match="the file is gone, was written anew"):
        process_pool.judge(country.setup, out, partition)
    run(country, out)
    assert country.results(out) == country.results(whole)
