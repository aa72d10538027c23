"""Error frames: where an error arose, as a log may say it, and never the message."""

from typing import Final

FRAMES_MAX: Final = 12


def frames(error: BaseException) -> list[str]:
    """Return where in our code it went wrong; never the message, which may hold what was sent."""
    in_turn: list[str] = []
    traceback = error.__traceback__
    while traceback is not None:
        name = traceback.tb_frame.f_globals.get("__name__", "?")
        in_turn.append(f"{name}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return in_turn[-FRAMES_MAX:]
