"""A text with its maps is one piece of bytes, the same for the same."""

from hypothesis import given
from hypothesis import strategies as st

from mesure.store.values import order_text


@given(st.binary(max_size=20), st.dictionaries(st.text(max_size=5), st.binary(max_size=9)))
def test_what_was_packed_is_unpacked_whatever_the_order_of_the_maps(
    text: bytes, files: dict[str, bytes]
) -> None:
    packed = order_text.pack(text, files)
    assert order_text.unpack(packed) == (text, files)
    assert order_text.pack(text, dict(reversed(files.items()))) == packed
