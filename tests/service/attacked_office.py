"""An office with a long bundle, served as the service serves; a process of its own.

What lays it is another process, which ends first: it takes more memory than to serve, and how
much of that stays depends on the Python. One bundle is made before it says so: what the first one
loads (the judge, the texts of four languages, what sets a page) stays, and no attack took it.

It says in one line where it is, and who has signed in, and ends when its input does.
"""

import asyncio
import json
import multiprocessing
import secrets
import sys
from pathlib import Path
from typing import Any

import uvloop

from mesure.actions.accounts import sessions
from mesure.actions.framework.action import ActionContext
from mesure.actions.framework.context import Actor
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.notifications.webhooks import list_webhooks
from mesure.privacy.purposes import Purpose
from mesure.service.http import listener
from mesure.service.maintenance.bundles import BundleMaker
from mesure.web import website
from mesure.web.requests import csrf
from tests.actions import house
from tests.service import bundled
from tests.service.bundled import OFFICER, PERSON, SUPERVISOR, Bundled
from tests.web import service

DOCUMENTS = 6  # Of ten megabytes each.


def main(folder: Path) -> None:
    laying = multiprocessing.get_context("spawn").Process(target=lay, args=(folder,))
    laying.start()
    laying.join()
    assert laying.exitcode == 0
    with house.reopen(folder, secrets.token_bytes) as office:
        office.now = bundled.NOW
        asyncio.Runner(loop_factory=uvloop.new_event_loop).run(serve(Bundled(office), folder))


def lay(folder: Path) -> None:
    document = b"%PDF-" + bytes((10 << 20) - 5)
    with bundled.open_case(folder) as case:
        for _ in range(DOCUMENTS):
            case.attach(document)
        case.agree()


async def serve(case: Bundled, folder: Path) -> None:
    maker = BundleMaker(case.house, folder)
    incident = case.incident().id
    first_request = IncidentRequest(incident=incident, purpose=Purpose.COURT, case_number="ALM-1")
    maker(case.office.context(SUPERVISOR), first_request, "en").done()
    parts = service.parts(case.office, {}, bundles=maker)
    server = listener.server(website.build(parts), (), None)
    server_socket = listener.bind_socket("127.0.0.1", 0)
    serving = asyncio.create_task(server.serve(sockets=[server_socket]))
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
