"""The portal's help as pages of the documentation, in each language."""

from collections.abc import Iterator
from typing import Final

from mesure.orders.text.catalogue import Catalogue
from mesure.web.portal.help import help_words
from mesure.web.portal.help.help_words import HelpSection

PAGE: Final = "for_supervised_persons"


def file_name(language: str) -> str:
    """Return the name of the page in the documentation.

    >>> file_name("en"), file_name("kk")
    ('for_supervised_persons.md', 'for_supervised_persons.kk.md')
    """
    return f"{PAGE}.md" if language == "en" else f"{PAGE}.{language}.md"


def page(catalogue: Catalogue) -> str:
    """Return the help as a page."""
    parts = [f"# {help_words.title(catalogue)}", " ".join(help_words.lead(catalogue))]
    for section in help_words.sections(catalogue):
        parts.append(f"## {section.heading}")
        if section.sentences:
            parts.append(" ".join(section.sentences))
        if section.items:
            parts.append("\n".join(_listed(section)))
    return "\n\n".join(parts) + "\n"


def _listed(section: HelpSection) -> Iterator[str]:
    for number, item in enumerate(section.items, start=1):
        yield f"{number}. {item}" if section.are_steps else f"- {item}"
