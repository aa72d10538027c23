"""Page rendering: one file without a script, that may fetch nothing and run nothing.

The template `head.html` alone says what such a page may load: only the style sheet whose digest it
names applies.
"""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from importlib import resources

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


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
