"""The processes of the service as they are under fault: the same, with charges at named points.

python -m tools.faults.charged_processes serve    the service, with what it must know on its input
python -m tools.faults.charged_processes judge    a judge, as the service starts it
"""

import functools
import sys
from typing import Any, Final
from unittest import mock

import msgspec

from mesure.actions.judging import judge_store
from mesure.actions.receiving.receive_messages import ReceiverConfig
from mesure.live.worker import Worker
from mesure.machine import clock
from mesure.machine.clock import CatchUpClock
from mesure.service.children import judge_process
from mesure.service.installation.settings import Settings
from mesure.service.serve import parts as service
from mesure.service.serve import receiving, serve
from tools.faults import arming
from tools.faults.arming import Carrying

RECEIVING: Final = ("handed_in", "checked", "changed", "committed", "sealed")
JUDGING: Final = ("judged", "judgement_changed", "judgement_kept")


def move_clock(carrying: Carrying) -> None:
    """See the clock where it was moved to."""
    true_us = clock.true_us
    clock.true_us = lambda: true_us() + carrying.offset_us()


def charge_receiving(carrying: Carrying) -> None:
    """Have everything that receives in this process pass its points with charges."""
    config = functools.partial(ReceiverConfig, passing=carrying.pass_point)
    # Unlike an assignment, it refuses a name that the module does not have.
    mock.patch.object(receiving, "ReceiverConfig", config).start()


def serve_charged() -> None:
    """Serve, with charges on the way of a message."""
    setup = msgspec.json.decode(sys.stdin.buffer.readline())
    carrying = arming.read_carrying()
    move_clock(carrying)
    charge_receiving(carrying)
    own = service.judge_command
    service.judge_command = lambda: [own()[0], "-m", "tools.faults.charged_processes", "judge"]
    clock.catch_up(CatchUpClock(**setup["shown"]))
    serve.serve(Settings.model_validate(setup["settings"]), lambda text: print(text, flush=True))


def judge_charged() -> None:
    """Judge, with charges before and after what is judged is kept."""
    carrying = arming.read_carrying()
    move_clock(carrying)
    keep, step = judge_store.keep, Worker.step

    def keep_charged(*arguments: Any) -> None:  # noqa: ANN401
        carrying.pass_point("judged")
        keep(*arguments)
        carrying.pass_point("judgement_changed")

    def step_charged(worker: Worker, now_us: int) -> int:
        judged = step(worker, now_us)
        if judged:
            carrying.pass_point("judgement_kept")
        return judged

    judge_store.keep = keep_charged  # type: ignore[assignment]
    Worker.step = step_charged  # type: ignore[method-assign, assignment]
    judge_process.main()


if __name__ == "__main__":
    {"serve": serve_charged, "judge": judge_charged}[sys.argv[1]]()
