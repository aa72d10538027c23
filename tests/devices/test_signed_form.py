import pytest

from mesure.devices import signed_form


@pytest.mark.parametrize("ahead_us", [0, 1, 300_000_000])
def test_what_a_message_is_called_says_by_how_much_it_is_ahead(ahead_us: int) -> None:
    form = signed_form.of(ahead_us)
    assert signed_form.is_signed(form)
    assert signed_form.ahead_us(form) == ahead_us


@pytest.mark.parametrize("form", ["mesure1+0", "mesure1+", "mesure1+-3", "mesure1+3 ", "mesure2"])
def test_anything_else_is_signed_by_nobody(form: str) -> None:
    assert not signed_form.is_signed(form)
    assert signed_form.ahead_us(form) == 0
