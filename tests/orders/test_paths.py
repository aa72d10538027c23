import pytest

from mesure.orders.text import paths
from mesure.orders.text.order_faults import RefusedValueError


@pytest.mark.parametrize(
    "path",
    [
        "a.geojson",
        "../a.geojson",
        "./maps/./a",
        "maps/../../a",
        "Алматы карта.geojson",
        "12\u202fPM.geojson",
    ],
)
def test_a_path_below_the_parent_of_the_order_is_kept_as_written(path: str) -> None:
    assert paths.check(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd", "../../a", "maps/../../../a", "..", "../", ".", "", "maps/", "maps/..",
        "a/.", "C:a", "c:\\a", "..\\a", "\\\\host\\a", "../../", "a\nb", "x" * 1_001,
        "a\0b", "\x1b[2Ja",
        "../../../../../../dev/zero", "../x/../../y",
    ],
)  # fmt: skip
def test_a_path_that_leads_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(RefusedValueError):
        paths.check(path)
