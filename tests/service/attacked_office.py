"""An office with a long bundle, served as the service serves; a process of its own.

It says in one line where it is, and who has signed in, and ends when its input does.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import uvloop

from mesure.actions.accounts import sessions
from mesure.actions.framework.action import ActionContext
from mesure.actions.framework.context import Actor
from mesure.actions.notifications.webhooks import list_webhooks
from mesure.service.http import listener
from mesure.service.maintenance.bundles import BundleMaker
from mesure.web import website
from mesure.web.requests import csrf
from tests.service import bundled
from tests.service.bundled import OFFICER, PERSON, SUPERVISOR, Bundled
from tests.web import service

DOCUMENT = b"%PDF-" + bytes((10 << 20) - 5)
DOCUMENTS = 6


def main(folder: Path) -> None:
    with bundled.opened(folder) as made:
        for _ in range(DOCUMENTS):
            made.attach(DOCUMENT)
        made.agree()
        asyncio.Runner(loop_factory=uvloop.new_event_loop).run(serve(made, folder))


async def serve(made: Bundled, folder: Path) -> None:
    parts = service.parts(made.office, {}, bundles=BundleMaker(made.house, folder))
    server = listener.server(website.build(parts), (), None)
    taken = listener.bind_socket("127.0.0.1", 0)
    serving = asyncio.create_task(server.serve(sockets=[taken]))
    incident = made.incident().id
    own, office = f"/portal/notices/{incident}/bundle", f"/console/incidents/{incident}/bundle"
    asked = [(own, PERSON), (office, OFFICER), (office, SUPERVISOR)]
    said = [{"path": path, "session": session(made, actor)} for path, actor in asked]
    for one in said:
        one["csrf"] = csrf.token(one["session"])
    print(json.dumps({"port": taken.getsockname()[1], "asked": said}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.should_exit = server.force_exit = True
    await serving


def session(made: Bundled, actor: Actor) -> str:
    begun: list[str] = []
    context = made.office.context(actor)

    def begin(work: Any) -> None:
        begun.append(
            sessions.begin(ActionContext(work, context, list_webhooks, None), actor.account)
        )

    made.office.store.write(begin)
    return begun[-1]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
