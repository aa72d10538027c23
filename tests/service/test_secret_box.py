"""What a passphrase keeps secret."""

from mesure.service.installation.secret_box import SecretBox


def test_what_was_sealed_is_opened_by_the_same_passphrase_only() -> None:
    box = SecretBox("mysecreTpass01")
    sealed = box.sealed(b"at home")
    assert box.opened(sealed) == b"at home"
    assert b"at home" not in sealed
    assert SecretBox("mysecreTpass02").opened(sealed) is None


def test_two_sealings_of_one_text_look_different() -> None:
    box = SecretBox("mysecreTpass01")
    assert box.sealed(b"same") != box.sealed(b"same")


def test_every_changed_bit_and_every_missing_byte_is_noticed() -> None:
    box = SecretBox("mysecreTpass01")
    sealed = box.sealed(b"at home")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        assert box.opened(bytes(changed)) is None
        assert box.opened(sealed[:place]) is None
