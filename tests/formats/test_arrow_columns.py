"""What a table may not do to its columns."""

import numpy as np
import pyarrow as pa
import pytest

from mesure.formats.columns import arrow_columns


@pytest.mark.parametrize("index", [-1, 3, 1 << 30])
def test_an_index_outside_its_table_is_refused(index: int) -> None:
    indices = pa.array(np.array([0, index], np.int32))
    broken = pa.DictionaryArray.from_arrays(indices, pa.array(["1", "2"]), safe=False)
    with pytest.raises(ValueError, match="outside its table"):
        arrow_columns.numbers(broken)


def test_no_rows_are_no_values() -> None:
    for kind in (pa.string(), pa.null()):
        assert arrow_columns.times_us(pa.array([], kind)).tolist() == []
        assert arrow_columns.numbers(pa.array([], kind)).tolist() == []


def test_a_missing_value_stays_missing_beside_times_without_offset() -> None:
    times_us = arrow_columns.times_us(pa.array(["2026-01-05T22:00:00", None]))
    assert times_us[0] != times_us[1]
