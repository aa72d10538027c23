"""Turn source: how Spark sees the judging, a stream of batches of which each is a turn.

A batch has a part for each slice of the partitions, and Spark says which executor reads which part;
to read a part is to judge it. It reads only counts. How far a stream came says only which turn it
is: the store says how far anybody was judged, in one change with the results.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
import pyarrow as pa
from pyspark.sql.datasource import DataSource, DataSourceStreamReader, InputPartition

from mesure.service.country.streaming.turn_plan import TurnPlan

NAME: Final = "mesure_turns"
PLAN: Final = "plan"
COLUMNS: Final = "slice int, steps int, judged int, failed int, taken_up int, cpu_s double"
SCHEMA: Final = pa.schema(
    [
        ("slice", pa.int32()),
        ("steps", pa.int32()),
        ("judged", pa.int32()),
        ("failed", pa.int32()),
        ("taken_up", pa.int32()),
        ("cpu_s", pa.float64()),
    ]
)


class TurnSource(DataSource):  # type: ignore[misc]  # PySpark publishes no types we have.
    """The source, by the name under which Spark knows it."""

    @classmethod
    def name(cls) -> str:
        """Return the name of the format."""
        return NAME

    def schema(self) -> str:
        """Return the columns of what is read."""
        return COLUMNS

    def streamReader(self, schema: object) -> "TurnReader":  # noqa: ARG002, N802  Spark's.
        """Return what deals out turns, and takes them."""
        return TurnReader(msgspec.json.decode(self.options[PLAN], type=TurnPlan))


class TurnReader(DataSourceStreamReader):  # type: ignore[misc]
    """Deals out turns on the driver, and takes them in executors."""

    def __init__(self, plan: TurnPlan) -> None:
        self._plan = plan

    def initialOffset(self) -> dict[str, int]:  # noqa: N802
        """Return that no turn was taken yet."""
        return {"turn": 0}

    def latestOffset(self, start: dict[str, int], limit: object) -> dict[str, int]:  # noqa: ARG002, N802
        """Return the turn that is next; there always is one."""
        return {"turn": start["turn"] + 1}

    def partitions(self, start: object, end: object) -> list[Any]:  # noqa: ARG002
        """Return the slices of a turn."""
        return [InputPartition(number) for number in range(self._plan.slices)]

    def read(self, partition: Any) -> Iterator[pa.RecordBatch]:  # noqa: ANN401
        """Judge a slice for a turn; yield what was done."""
        from mesure.service.country.streaming import (
            slice_turns,  # A source that only deals out needs nothing.
        )

        for report in slice_turns.take_turn(self._plan, partition.value):
            yield pa.RecordBatch.from_pylist([report._asdict()], schema=SCHEMA)
