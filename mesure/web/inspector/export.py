"""The figures of a period for other programs: as CSV, and as Parquet."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
from starlette.responses import Response

from mesure.actions.documents import spreadsheet
from mesure.actions.incidents import statistics
from mesure.actions.incidents.statistics import StatisticsRequest
from mesure.reports.statistics import programme_statistics as figures
from mesure.web.shared.visits import PageVisit

_TEXTS = ("period", "breakdown", "group")
_PARQUET = "application/vnd.apache.parquet"


def as_csv(visit: PageVisit) -> Response:
    """Hand the figures over as CSV."""
    name, rows = _rows(visit)
    table = spreadsheet.encode(figures.COLUMNS, rows)
    return _file(table, f"{name}.csv", "text/csv; charset=utf-8")


def as_parquet(visit: PageVisit) -> Response:
    """Hand the figures over as Parquet."""
    name, rows = _rows(visit)
    columns = {
        column: pa.array([row[at] for row in rows], _type(column))
        for at, column in enumerate(figures.COLUMNS)
    }
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return _file(out.getvalue(), f"{name}.parquet", _PARQUET)


def _rows(visit: PageVisit) -> tuple[str, list[tuple[object, ...]]]:
    statistics_view = visit.perform(
        statistics.show, StatisticsRequest(period=visit.query_value("period"))
    )
    if statistics_view.found is None:
        return "statistics", []
    return f"statistics-{statistics_view.found.period}", list(
        figures.rows(statistics_view.found, statistics_view.unreadable)
    )


def _type(column: str) -> pa.DataType:
    if column in _TEXTS:
        return pa.string()
    if column == "hidden":
        return pa.bool_()
    return pa.float64() if column.endswith("_ratio") else pa.int64()


def _file(data: bytes, name: str, media_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=media_type, headers=headers)
