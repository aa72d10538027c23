"""What only French can get wrong: a second word, an article before a time, who the reader is."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house import ROOT
from tests.test_texts_in_use import pairs, texts_without, translations

WEB = ROOT / "mesure/web"

# One word for one thing: where English has the first, French has the second.
WORDS = {
    "appl(?:y|ied|ies)|binds?": "appliqu|applicable|oblige|interdit", "approved?": "approuv",
    "audit log": "journal", "barred": "écart|mesure", "beacons?": "balise",
    "boundar(?:y|ies)": "limite", "breach(?:es)?": "manquement", "bundle": "liasse",
    "checkpoints?": "points? de contrôle", "conditions?": "obligation",
    "confidence circles?": "cercles? de confiance", "contest(?:s|ed)?": "contest",
    "corners?": "sommet", "counsel|lawyers?": "avocat",
    "court’s papers?|papers? of the court": "documents? du tribunal", "devices?": "appareil",
    "drafts?": "brouillon", "e-mail": "courriel", "enrol(?:s|led)?": "enregistr",
    "evidence": "élément", "exclusion zones?": "lieux? interdit", "findings?": "constat",
    "fix(?:es)?": "relevé", "hand-over notes?": "notes? de passation", "hash(?:es)?": "empreinte",
    "in charge": r"sui[tv]|chargé du dossier", "incidents?": "signalement", "met": "respect",
    "officers?": r"agent", "operators?": "exploitant", "passkeys?": "clés? d’accès",
    "passwords?": "mots? de passe", "PIN": "code PIN", "programme": "programme de suivi",
    "reasonable excuse": "motif légitime", "silences?": "silence", "strap": "sangle",
    "supervisors?": "responsable", "thresholds?": "seuil", "time zones?": "fuseau",
    "tokens?": "jeton", "trail": "parcours", "unknown": "inconnu", "variations?": "modif",
    "versions?": "version", "withdrawn": "retir", "wrong place": "mauvais endroit",
    "wrong side": "mauvais côté",
}  # fmt: skip
NOTHING = r"(?!)"
# A word that is right for one thing only: where French has it, English has this.
ONLY_FOR = {
    "éléments?": "evidence", "en vigueur": "in force|over at", "jugée?s?": NOTHING,
    "parcours": "trail",
    "relevés?": "fix|reading|report|taken before", "responsables?": "supervisor",
    "scellés?": NOTHING,
}  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_french_has_one_word_for_each_thing(word: str) -> None:
    assert texts_without("fr", word, WORDS[word]) == []


@pytest.mark.parametrize("word", ONLY_FOR)
def test_a_french_word_means_one_thing(word: str) -> None:
    """A condition in force need not apply now; the one in charge may be no supervisor."""
    pattern = re.compile(rf"\b{word}\b", re.IGNORECASE)
    english = re.compile(ONLY_FOR[word], re.IGNORECASE)
    texts = [(text, form) for text, form in pairs("fr") if pattern.search(form)]
    assert [form for text, form in texts if not english.search(text)] == []


# --- Times ---------------------------------------------------------------------------------------

BEFORE_DATE = re.compile(r"(?:\b(?:le|du|au)|:|\() $")  # What may stand before a date in full.
BEFORE_NEAR = re.compile(r"(?:\b(?:le|du|au|de|depuis|dès|jusqu’à|jusqu’au)|à) $")
IN_TEMPLATE = re.compile(r'\btext\("(?P<text>[^"]+)", (?P<name>\w+)=catalogue\.near\(')


def near_times() -> set[tuple[str, str]]:
    """Return each text with a placeholder that holds "today at 22:00", or "Sat 12 Dec, 22:00"."""
    texts: set[tuple[str, str]] = set()
    for path in WEB.rglob("*.html"):
        texts |= {(one["text"], one["name"]) for one in IN_TEMPLATE.finditer(path.read_text())}
    for path in WEB.rglob("*.py"):
        texts |= set(_near_in(ast.parse(path.read_text())))
    return texts


def _near_in(module: ast.Module) -> Iterator[tuple[str, str]]:
    functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
    says_near = {"near"} | {
        one.name
        for one in functions
        if isinstance(one.body[-1], ast.Return) and _called(one.body[-1].value) == "near"
    }
    for function in functions:
        names = {
            target.id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and _called(node.value) in says_near
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(function):
            if not isinstance(call, ast.Call) or _called(call) != "text" or not call.args:
                continue
            for keyword in call.keywords:
                is_named = isinstance(keyword.value, ast.Name) and keyword.value.id in names
                if (is_named or _called(keyword.value) in says_near) and keyword.arg:
                    yield ast.literal_eval(call.args[0]), keyword.arg


def _called(node: ast.expr | None) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return str(getattr(node.func, "attr", getattr(node.func, "id", "")))


def test_no_article_stands_before_a_time_that_may_be_today() -> None:
    near = near_times()
    assert len(near) >= 20
    forms = dict(pairs("fr"))
    before = {text: forms[text].partition(f"{{{name}}}")[0] for text, name in near}
    assert [text for text, words in before.items() if BEFORE_NEAR.search(words)] == []
    assert BEFORE_NEAR.search("à partir du ")


def test_an_article_stands_before_a_date_in_full() -> None:
    near = near_times()
    before = [
        form.partition("{moment}")[0]
        for text, form in pairs("fr")
        if "{moment}" in form and (text, "moment") not in near
    ]
    assert len(before) >= 15
    assert [words for words in before if not BEFORE_DATE.search(words)] == []
    assert not BEFORE_DATE.search("Dès ")


# --- Grammar -------------------------------------------------------------------------------------

READER = re.compile(
    r"\b(?:vous (?:en |n’|y )?(?:êtes|étiez|serez)|je (?:ne )?suis|j’en suis|vous y (?:a|ont))"
    r" (?:pas )?(?:sûr|seul|prêt|vu|\w+é)\b",
    re.IGNORECASE,
)
FUTURE_AFTER_IF = re.compile(
    r"\b(?:si|s’il|s’ils) (?:\w+ ){0,2}\w+(?:rez|ra|ront)\b", re.IGNORECASE
)
NO_LONGER = re.compile(r"^plus (?!de |d’|long|ancien|récent|près|loin|grand)\w+", re.IGNORECASE)


def test_no_french_text_depends_on_who_reads() -> None:
    assert [text for text in translations("fr") if READER.search(text)] == []
    for wrong in ("si vous en êtes sûr.", "J’en suis sûr.", "qui vous y a vu", "vous êtes chargé"):
        assert READER.search(wrong), wrong
    for right in ("là où vous étiez", "Vous êtes hors ligne", "vous a été remis"):
        assert not READER.search(right), right


def test_no_future_follows_if() -> None:
    assert [text for text in translations("fr") if FUTURE_AFTER_IF.search(text)] == []
    assert FUTURE_AFTER_IF.search("si vous serez à un endroit précis")


def test_no_label_reads_as_more_where_no_longer_is_meant() -> None:
    """Without its "ne", *plus* at the beginning of a label says "more"."""
    assert [text for text in translations("fr") if NO_LONGER.search(text)] == []
    assert NO_LONGER.search("plus autorisée")


def test_a_no_break_space_stands_before_a_percent_sign() -> None:
    assert [text for text in translations("fr") if re.search(r"[^\u00a0]%", text)] == []
