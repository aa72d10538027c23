"""The crowd of the bench: everybody is somebody else, and messages come in order of time."""

import pytest

from bench.under_load import country_live, served_town
from bench.under_load.served_town import Crowd
from mesure.devices.message import envelope, messages
from mesure.devices.message.batch import FixBatch
from mesure.devices.message.envelope import Envelope
from mesure.devices.message.messages import UplinkMessage
from mesure.machine.signatures import SecretKey

CROWD = Crowd(lives=2, times=3, start="19:00", minutes=30, per_message=60)


def test_everybody_sends_everything_in_order() -> None:
    everybody = list(served_town.people(CROWD))
    assert len({one.id for one in everybody}) == 6
    assert all(f"person: {one.id}\n" in one.order_text for one in everybody)
    signers = [SecretKey.from_seed(bytes([n]) * 32) for n in range(6)]
    town_messages = served_town.messages(CROWD, everybody, signers)
    assert [one.at_us for one in town_messages] == sorted(one.at_us for one in town_messages)
    counters: dict[int, int] = {}
    for message in town_messages:
        read = envelope.read(message.data)
        assert isinstance(read, Envelope)
        uplink = messages.read_uplink(read.payload)
        assert isinstance(uplink, UplinkMessage)
        assert isinstance(uplink.what, FixBatch)
        assert len(uplink.what) == message.fixes <= CROWD.per_message
        assert uplink.counter == counters.get(message.device, 1) + 1
        counters[message.device] = uplink.counter
    assert len(counters) == 6


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--interval", "5"], "Reports are a multiple of 10 s apart, not 5."),
        (["--persons", "0"], "A town has 1 to 100,000 persons, not 0."),
    ],
)
def test_a_crowd_that_cannot_be_is_refused_with_a_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        country_live.main(arguments)
    assert sentence in capsys.readouterr().err
