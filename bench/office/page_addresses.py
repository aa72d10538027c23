"""From the pattern of a route to an address that can be asked for, or a bench that says why not."""

import re
from typing import Final

from mesure.actions.framework.action import ReadRequest
from mesure.web.api import table
from mesure.web.api.endpoint import PREFIX

# What has to be asked for behind the question mark; where there are several, in turn.
ASKED: Final = {
    "/console/orders/of/{person}/version": "order={order}&number=1",
    "/console/orders/of/{person}/on": "order={order}",
    "/console/orders/of/{person}/move": "order={order}",
    "/console/orders/of/{person}/suspend": "order={order}",
    "/console/orders/of/{person}/end": "order={order}",
    "/console/orders/of/{person}/end/change": "order={order}",
    "/console/orders/of/{person}/drafts/{draft}/place": "name=home",
    "/console/orders/of/{person}/drafts/{draft}/measured": "name=home",
    "/console/orders/of/{person}/drafts/{draft}/condition": "name=C1",
    "/console/orders/of/{person}/drafts/{draft}/text": "under=conditions&name=C1",
    "/inspector/record": "by=action&action=incidents.show&search=1&case_number={incident}",
    "/inspector/papers/{paper}": "case_number={incident}",
    "/inspector/log": "entry=7",
    "/inspector/log/proof": "entry=7",
    f"{PREFIX}/persons/{{person}}/assessments": "start_at={month}&until_at={now}",
    f"{PREFIX}/persons/{{person}}/trail": "incident={incident}",
    f"{PREFIX}/inspection": "day={day}",
    f"{PREFIX}/inspection/looks": "first_day={day}&last_day={day}",
    "/inspector/looks": "search=1&case_number={incident}&first_day={day}&last_day={day}",
    f"{PREFIX}/incidents/changes": "after={change}",
    f"{PREFIX}/outside-requests": "month={of}",
    f"{PREFIX}/outside-requests/sample": "month={of}",
    f"{PREFIX}/audit-log/entries/{{entry}}/inclusion": "size=1000",
    f"{PREFIX}/audit-log/consistency": "earlier=500&size=1000",
}
# Looks say for what, and under which number.
FOR_WHAT: Final = "purpose=supervision&case_number={incident}"
_LOOKS: Final = {one.address for one in table.ENDPOINTS if issubclass(one.action.asks, ReadRequest)}


class AmissError(Exception):
    """A page answers with something else, or there is no example of its address."""


def address(pattern: str, values: dict[str, str]) -> str:
    """Return an address for a pattern, or say what it has no example of."""
    parameters = [ASKED[pattern]] if pattern in ASKED else []
    parameters += [FOR_WHAT] if pattern in _LOOKS else []
    whole = f"{pattern}?{'&'.join(parameters)}" if parameters else pattern
    missing = {name for name in re.findall(r"\{(\w+)", whole) if name not in values}
    if missing:
        raise AmissError(
            f"{pattern}: give an example of {sorted(missing)} in bench/office/page_samples.py"
        )
    return re.sub(r"\{(\w+)[^}]*\}", lambda match: values[match[1]], whole)
