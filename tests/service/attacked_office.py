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
    with bundled.open_case(folder) as case:
        for _ in range(DOCUMENTS):
            case.attach(DOCUMENT)
        case.agree()
        asyncio.Runner(loop_factory=uvloop.new_event_loop).run(serve(case, folder))


async def serve(case: Bundled, folder: Path) -> None:
    parts = service.parts(case.office, {}, bundles=BundleMaker(case.house, folder))
    server = listener.server(website.build(parts), (), None)
    server_socket = listener.bind_socket("127.0.0.1", 0)
    serving = asyncio.create_task(server.serve(sockets=[server_socket]))
    incident = case.incident().id
    own, office = f"/portal/notices/{incident}/bundle", f"/console/incidents/{incident}/bundle"
    visits = [(own, PERSON), (office, OFFICER), (office, SUPERVISOR)]
    requests = [{"path": path, "session": session(case, actor)} for path, actor in visits]
    for request in requests:
        request["csrf"] = csrf.token(request["session"])
    print(json.dumps({"port": server_socket.getsockname()[1], "asked": requests}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.should_exit = server.force_exit = True
    await serving


def session(case: Bundled, actor: Actor) -> str:
    begun: list[str] = []
    context = case.office.context(actor)

    def begin(work: Any) -> None:
        begun.append(
            sessions.begin(ActionContext(work, context, list_webhooks, None), actor.account)
        )

    case.office.store.write(begin)
    return begun[-1]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
