"""What a replay found, as one value."""

from mesure.orders.values.span import Span
from tests.reports import factory


def test_every_row_is_used_or_kept() -> None:
    report = factory.report()
    assert report.fixes_read == len(report.used) + 10


def test_the_span_looked_at_runs_from_the_first_assessment_to_the_moment_of_looking() -> None:
    report = factory.report()
    assert report.looked_at == Span(factory.at(0, 0), factory.UNTIL)
    assert factory.empty_report().looked_at is None
