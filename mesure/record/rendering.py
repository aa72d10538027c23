"""Page rendering: one file without a script, that may fetch nothing and run nothing.

The template `head.html` alone says what such a page may load: only the style sheet whose digest it
names applies. No line parts a day from its month, or a number from its unit.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, lru_cache
from hashlib import sha256
from importlib import resources

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from mesure.machine import texts
from mesure.reports.text import visible_text


@cache
def page_catalogue(language: str) -> texts.Texts:
    """Return the texts of a language as pages show them."""
    plain = texts.catalogue(language)
    day, first = (
        pattern.replace(" MMMM", "\u00a0MMMM")
        for pattern in (plain.customs.day, plain.customs.first_of_month)
    )
    customs = replace(plain.customs, day=day, first_of_month=first)
    # Texts alone are remembered, before anything about somebody is filled in.
    return replace(plain, customs=customs, put_right=lru_cache(8_192)(visible_text.keep_units))


def page(
    package: str, name: str, contents: Mapping[str, object], called: Mapping[str, object]
) -> str:
    """Return the page that a package's template makes, in the style sheet of the same name.

    `called` are the functions that the templates call, also those that it takes in.
    """
    environment = Environment(
        loader=ChoiceLoader(
            [PackageLoader(package), PackageLoader("mesure.record"), PackageLoader("mesure.web")]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(called)
    style = resources.files(package).joinpath("templates", f"{name}.css").read_text("utf-8")
    return environment.get_template(f"{name}.html").render(
        style=Markup(style),  # noqa: S704  Our own file.
        style_digest=b64encode(sha256(style.encode()).digest()).decode(),
        **contents,
    )
