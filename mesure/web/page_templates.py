"""Page templates: Jinja, everything escaped, each text in the reader's language.

console and portal each have a `templates` folder; both share the frame in `mesure/web/templates`.
A template says `catalogue.text("...")`, `static("name.css")` and, in a form, `csrf`. What is not
given to a template is an error and never an empty place on a page.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Final

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from mesure.orders.text.catalogue import Catalogue
from mesure.web import languages
from mesure.web.requests import csrf
from mesure.web.static_files import StaticFiles

Catalogues = Callable[[str], Catalogue]

SHARED: Final = "mesure.web"


@cache
def _environment(package: str, static: StaticFiles) -> Environment:
    """Return the templates of a package: each is compiled once, however often it is asked for."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader(SHARED)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static"] = static.address
    # What scripts read is written as it is, in the fewest bytes; `<` is still written safely.
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    return environment


class PageTemplates:
    """Makes the pages of one package."""

    def __init__(
        self, package: str, static: StaticFiles, catalogues: Catalogues, offered: Sequence[str]
    ) -> None:
        self._catalogues, self._offered = catalogues, offered
        self._environment = _environment(package, static)

    def catalogue(self, request: Request) -> Catalogue:
        """Return the texts in the language of the reader."""
        return self._catalogues(languages.of_request(request, self._offered))

    def page(
        self, request: Request, template: str, contents: Mapping[str, object], status: int = 200
    ) -> HTMLResponse:
        """Return a page."""
        catalogue = self.catalogue(request)
        session = request.scope["state"].get("session")
        text = self._environment.get_template(template).render(
            catalogue=catalogue,
            languages=self._offered,
            csrf=csrf.token(session) if session else "",
            actor=request.scope["state"].get("actor"),
            request_id=request.scope["state"].get("request_id", "-"),
            **contents,
        )
        headers = {"Content-Language": catalogue.language, "Vary": "Accept-Language, Cookie"}
        return HTMLResponse(text, status, headers)
