"""What stands for an order in a stored checkpoint is the same for every program of this layout.

It is made of what classes and fields of an order are called. Another name would make every stored
checkpoint another's: everybody would be judged from the beginning.
"""

from dataclasses import replace
from hashlib import sha256

from mesure.actions.judging import judging_values
from mesure.actions.judging.judging_values import DeviceAssignment
from mesure.evaluation.checkpoint import codec, settle
from mesure.evaluation.policy import DeviceClass
from mesure.orders.reading import read_order
from tests.evaluation import scenes

SINCE_US = scenes.us("20T00:00")
TEXT = scenes.order(scenes.CURFEW, scenes.RESIDENCE, scenes.EXCLUSION, scenes.SLOT)


def test_names_in_a_stored_checkpoint_are_those_of_every_program_of_this_layout() -> None:
    versions = read_order.versions([read_order.read("order.yaml", TEXT.encode(), {})])
    rules = scenes.rules(TEXT, policy=replace(scenes.default_policy(), version="1"))
    carried = [DeviceAssignment("D-1", DeviceClass.PHONE, True, 1, 2)]
    names = sha256("".join(codec.lane_names(rules)).encode()).hexdigest()
    assert names[:16] == "8ca3a8ec13ad44a9"
    assert settle.fingerprint(rules, SINCE_US)[:16] == "5a351062055fafc6"
    assert judging_values._digest(versions, carried)[:16] == "0a37127ea6cb9b9d"
