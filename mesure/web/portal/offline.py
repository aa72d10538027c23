"""The portal as an app of its own on a phone, and for reading without a network."""

from importlib import resources
from typing import Final

from starlette.responses import JSONResponse, Response

from mesure.web.shared.visits import PageVisit

WORKER: Final = "worker.js"


def manifest(visit: PageVisit) -> Response:
    """Return what a phone asks of an app before it puts it on the first screen."""
    catalogue, icon = visit.texts.catalogue, visit.static.address("mark.svg")
    return JSONResponse(
        {
            "name": catalogue.text("My record"),
            "short_name": "Mesure",
            "lang": catalogue.language,
            "start_url": "/portal",
            "scope": "/portal",
            "display": "standalone",
            "background_color": "#faf7f2",
            "theme_color": "#17505b",
            "icons": [{"src": icon, "sizes": "any", "type": "image/svg+xml"}],
        },
        media_type="application/manifest+json",
    )


def show(visit: PageVisit) -> Response:
    """Show what takes the place of a page that is not on the phone; it says nothing of anybody."""
    return visit.page("offline.html")


def worker(_visit: PageVisit) -> Response:
    """Return the script that keeps read pages; its address decides what it may keep."""
    text = (resources.files("mesure.web") / "static" / WORKER).read_text("utf-8")
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/portal"}
    return Response(text, media_type="text/javascript", headers=headers)
