"""A row of the archive that does not open is named; whose it is is judged by the database."""

from datetime import date

from mesure.machine.progress import ProgressStages
from mesure.service.archive import sealed_rows, trail_archive
from mesure.service.country import policy_differences, rejudge_run
from mesure.store.values import partitions
from tests.service.countries import Country
from tests.service.test_country_rejudge import ONE, country, country_folder

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
