"""What a passphrase keeps secret."""

from mesure.service.installation.secret_box import SodiumSecretBox


def test_what_was_sealed_is_opened_by_the_same_passphrase_only() -> None:
    box = SodiumSecretBox("mysecreTpass01")
    sealed = box.encrypt(b"at home")
    assert box.decrypt(sealed) == b"at home"
    assert b"at home" not in sealed
    assert SodiumSecretBox("mysecreTpass02").decrypt(sealed) is None


def test_two_sealings_of_one_text_look_different() -> None:
    box = SodiumSecretBox("mysecreTpass01")
    assert box.encrypt(b"same") != box.encrypt(b"same")


def test_every_changed_bit_and_every_missing_byte_is_noticed() -> None:
    box = SodiumSecretBox("mysecreTpass01")
    sealed = box.encrypt(b"at home")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        assert box.decrypt(bytes(changed)) is None
        assert box.decrypt(sealed[:place]) is None
