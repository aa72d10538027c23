"""Keep the translations in step with the code.

    python tools/text_pages.py          put every English text into the .po files; translations stay
    python tools/text_pages.py --check  change nothing; say what is missing, doubtful or left over

An English text is a literal in `catalogue.text("...")` or `catalogue.plural("...", "...", count)`,
in Python or in a Jinja template under `mesure/`, or in the same calls of `texts`, those of the
reader of a page, whatever either belongs to. Where no language is known yet, it stands in
`translatable("...")`, or behind the value of a member of a `TranslatableEnum`
(mesure/orders/text/sayings.py). docs/translating.md is the page for translators.
"""

import argparse
import ast
import io
import string
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

ROOT: Final = Path(__file__).resolve().parent.parent
RECEIVER: Final = "catalogue"
RECEIVERS: Final = {RECEIVER, "texts"}
SAYING: Final = "translatable"  # Its text meets a catalogue later, when somebody is shown it.
CLOSED_LIST: Final = "TranslatableEnum"  # So do the texts of its members, behind their values.
# How many texts each call begins with.
LITERALS: Final = {"text": 1, "first": 1, "plural": 2, SAYING: 1, CLOSED_LIST: 1}
STOPS: Final = set(".?!:,; ")
TEMPLATES: Final = ("*.html", "*.txt", "*.jinja")

# The rules of CLDR for whole numbers, in gettext's notation.
PLURALS: Final = {
    "fr": "nplurals=2; plural=(n > 1);",
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : "
    "n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
    "kk": "nplurals=2; plural=(n != 1);",
}
HEADER: Final = r"""# Texts of Mesure ({language}). How to translate them: docs/translating.md
msgid ""
msgstr ""
"Language: {language}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: {plurals}\n"

"""


@dataclass(frozen=True)
class Source:
    """An English text, or the two forms of one that counts, and the file in which it stands."""

    texts: tuple[str, ...]
    file: str

    @property
    def msgid(self) -> str | tuple[str, ...]:
        """Return it as gettext knows it."""
        return self.texts[0] if len(self.texts) == 1 else self.texts


class NotLiteralError(ValueError):
    """A text that is put together when the program runs; nobody could translate it."""


def sources(root: Path) -> list[Source]:
    """Return every English text under `mesure/`, by file and place in the file."""
    all_sources: list[Source] = []
    package = root / "mesure"
    for path in sorted(package.rglob("*.py")):
        all_sources.extend(_in_python(path.read_text("utf-8"), path.relative_to(root).as_posix()))
    for path in sorted(path for pattern in TEMPLATES for path in package.rglob(pattern)):
        all_sources.extend(_in_template(path.read_text("utf-8"), path.relative_to(root).as_posix()))
    return all_sources


def _in_python(code: str, file: str) -> Iterator[Source]:
    if not any(name in code for name in (*RECEIVERS, SAYING, CLOSED_LIST)):
        return
    tree = ast.parse(code, file)
    yield from _in_closed_lists(tree, file)
    calls = sorted(_calls(tree), key=lambda call: (call.lineno, call.col_offset))
    for call in calls:
        callee = call.func
        values = [getattr(argument, "value", None) for argument in call.args]
        if isinstance(callee, ast.Name) and callee.id == SAYING:
            yield _source(SAYING, values, file, call.lineno)
        if not isinstance(callee, ast.Attribute) or callee.attr not in LITERALS:
            continue
        if ast.unparse(callee.value).rpartition(".")[2] in RECEIVERS:
            yield _source(callee.attr, values, file, call.lineno)


def _in_closed_lists(tree: ast.Module, file: str) -> Iterator[Source]:
    for listed in tree.body:
        bases = listed.bases if isinstance(listed, ast.ClassDef) else ()
        if not any(isinstance(base, ast.Name) and base.id == CLOSED_LIST for base in bases):
            continue
        for member in getattr(listed, "body", ()):
            if isinstance(member, ast.Assign):
                parts = getattr(member.value, "elts", [])
                values = [getattr(part, "value", None) for part in parts[1:]]
                yield _source(CLOSED_LIST, values, file, member.lineno)


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    waiting = [(tree, False)]
    while waiting:
        node, hands_on = waiting.pop()
        # Another catalogue hands on what it is given, which is no text of its own.
        hands_on = hands_on or (isinstance(node, ast.FunctionDef) and node.name in LITERALS)
        if isinstance(node, ast.Call) and not (hands_on and isinstance(node.func, ast.Attribute)):
            yield node
        waiting += [(child, hands_on) for child in ast.iter_child_nodes(node)]


def _in_template(template: str, file: str) -> Iterator[Source]:
    for call in Environment().parse(template).find_all(nodes.Call):  # Only parsed, never rendered.
        callee = call.node
        if not isinstance(callee, nodes.Getattr) or not isinstance(callee.node, nodes.Name):
            continue
        if callee.node.name == RECEIVER and callee.attr in LITERALS:
            values = [getattr(argument, "value", None) for argument in call.args]
            yield _source(callee.attr, values, file, call.lineno)


def _source(method: str, values: list[object], file: str, line: int) -> Source:
    texts = values[: LITERALS[method]]
    if len(texts) < LITERALS[method] or not all(isinstance(text, str) and text for text in texts):
        called = method if method in {SAYING, CLOSED_LIST} else f"{RECEIVER}.{method}"
        raise NotLiteralError(
            f"{file}, line {line}: {called}(...) must begin with literal English text, "
            "because the translators get what stands in the code. Write the text out in the call."
        )
    return Source(tuple(str(text) for text in texts), file)


def merge_catalog(language: str, all_sources: list[Source], old: Catalog) -> Catalog:
    """Return a catalogue of the texts found with their translations; others are left over."""
    new = read_po(io.StringIO(HEADER.format(language=language, plurals=PLURALS[language])))
    for source in all_sources:
        before = old.get(source.msgid) or old.obsolete.get(source.texts[0])
        is_same = before is not None and before.id == source.msgid
        new.add(
            source.msgid,
            before.string if before is not None and is_same else None,
            locations=[(source.file, 0)],
            flags=before.flags if before is not None and is_same else (),
            user_comments=before.user_comments if before is not None else (),
        )
    for message in [*list(old)[1:], *old.obsolete.values()]:  # The first is the header.
        if any(_forms(message)) and new.get(message.id) is None:
            new.obsolete[_key(message)] = message
    return new


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def catalog_text(language: str, catalog: Catalog) -> str:
    """Return the text of a .po file; the same catalogue gives the same bytes."""
    body = io.BytesIO()
    write_po(body, catalog, width=100, omit_header=True, include_lineno=False)
    return HEADER.format(language=language, plurals=PLURALS[language]) + body.getvalue().decode()


def faults(catalog: Catalog) -> Iterator[str]:
    """Yield a sentence for each text that a person could not be shown."""
    for message in catalog:
        if not message.id:
            continue
        if not all(_forms(message)):
            yield f"{_key(message)!r} is not translated. Translate it, in all its forms."
        elif message.fuzzy:
            yield f"{_key(message)!r} is marked fuzzy. Read it again and take the mark away."
        else:
            yield from _broken(message)
    for text in catalog.obsolete:
        yield f"{text!r} is no longer in the code. Move its translation on, or delete it."


def _forms(message: Message) -> tuple[str, ...]:
    translation = message.string
    return tuple(
        str(form or "")
        for form in (translation if isinstance(translation, list | tuple) else [translation])
    )


def _broken(message: Message) -> Iterator[str]:
    source = message.id if isinstance(message.id, str) else message.id[-1]
    for translation in _forms(message):
        if _placeholders(translation) != _placeholders(source):
            yield (
                f"{translation!r} has other placeholders than {source!r}, so a number or a name "
                "would be missing. Use each {...} of the English text, spelt the same."
            )
        if translation[-1] != source[-1] and STOPS & {translation[-1], source[-1]}:
            yield f"{translation!r} does not end as {source!r} ends. Give it the same ending."


def _placeholders(text: str) -> list[str] | None:
    try:
        return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)
    except ValueError:
        return None


def main(arguments: list[str]) -> int:
    """Update the .po files, or with --check only say what is wrong with them."""
    parser = argparse.ArgumentParser(description="Keep the translations in step with the code.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail on any fault")
    parser.add_argument("--root", type=Path, default=ROOT, help="the folder that holds mesure/")
    options = parser.parse_args(arguments)
    try:
        all_sources = sources(options.root)
    except NotLiteralError as fault:
        print(fault, file=sys.stderr)
        return 1
    amiss = 0
    for language in PLURALS:
        path = options.root / "mesure" / "locale" / language / "LC_MESSAGES" / "mesure.po"
        before = path.read_text("utf-8") if path.exists() else ""
        catalog = merge_catalog(language, all_sources, read_po(io.StringIO(before)))
        after = catalog_text(language, catalog)
        sentences = list(faults(catalog))
        if options.check and before != after:
            sentences.append("The file is not as the code has it. Run: python tools/text_pages.py")
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            half = path.with_suffix(".half")  # A reader meanwhile reads the old one whole.
            half.write_text(after, "utf-8")
            half.replace(path)
        for sentence in sentences:
            print(f"{path.relative_to(options.root)}: {sentence}", file=sys.stderr)
        amiss += len(sentences)
    texts = len({source.texts for source in all_sources})
    print(f"{texts} texts, {len(PLURALS)} languages, {amiss} faults")
    return 1 if options.check and amiss else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
