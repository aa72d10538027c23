"""What is deliberately absent stays absent: one test for each line of decision 0002.

Every check looks where the thing would have to appear: among the packages that are installed, the
imports, the names in the code, the stored columns, the commands and their options. Every check is
shown something that it must refuse.
Decision: docs/decisions/0002-what-we-will-never-build.md
"""

import ast
import re
from collections.abc import Iterable, Iterator
from types import NoneType, UnionType
from typing import Union, get_args, get_origin, get_type_hints

import pytest

from mesure.actions.notifications.notification_texts import RecipientType
from mesure.actions.registry import ACTIONS
from mesure.evaluation.assessment import Status
from mesure.incidents.incident import Incident, IncidentKind
from mesure.orders.model.order import OrderVersion
from tests import house
from tests.house import ROOT, Module, imports, modules, names_defined, words

PACKAGE = modules("mesure", "mesure_lab")

# --- 1. No recognition: no face, voice, image or other biometric is analysed -------------------

RECOGNITION_PACKAGES = (
    r"(opencv|cv2|dlib|face|deepface|insightface|mediapipe|retina|mtcnn|easyocr|pytesseract|"
    r"pyannote|resemblyzer|librosa|speech|whisper|vosk|torchaudio|torchvision|ultralytics)"
)
RECOGNITION_WORDS = {
    "face", "facial", "voice", "voiceprint", "biometric", "biometry", "iris", "gait", "camera",
    "selfie", "video", "photo", "liveness", "cctv", "webcam", "microphone", "footage",
}  # fmt: skip

# --- 2. No scoring: nothing scores, ranks or predicts a person ---------------------------------

LEARNING_PACKAGES = (
    r"(scikit-learn|sklearn|torch|tensorflow|keras|jax|xgboost|lightgbm|catboost|transformers|"
    r"onnx|statsmodels|prophet|lifelines|openai|anthropic|langchain)"
)
SCORING_WORDS = {
    "risk", "score", "scoring", "scored", "rank", "ranking", "predict", "prediction", "predictor",
    "recidivism", "reoffend", "dangerousness", "profiling", "propensity", "suspicion",
}  # fmt: skip
# `mesure score` scores rules against the truth: never a person.
MAY_SCORE_RULES = ("mesure_lab/", "mesure/cli/proving.py", "bench/")

# --- 3. No search by place ---------------------------------------------------------------------

SEARCH_WORDS = {"crime", "hotlist", "dragnet", "suspicious"}
PERSONS = {"person", "people", "who", "anyone"}
NEARNESS = {"near", "nearby", "around", "within", "colocated", "encounter"}

# --- 5. No consequence by code, and 6. no covert mode -------------------------------------------

SENDING_MODULES = {"smtplib", "imaplib", "apprise", "twilio", "sendgrid", "aiosmtplib", "slack_sdk"}
# The two ways out, each for notices to holders of accounts (actions/test_notification_texts.py).
MAY_SEND = {
    "mesure/service/mail.py": {"smtplib"},
    "mesure/service/outgoing/gateways.py": {"apprise"},
}
SANCTION_WORDS = {"sanction", "punish", "punishment", "arrest", "warrant", "summon", "penalty"}
COVERT_WORDS = {"covert", "stealth", "secretly", "undercover", "wiretap"}

FORBIDDEN_WORDS = RECOGNITION_WORDS | SEARCH_WORDS | SANCTION_WORDS | COVERT_WORDS


def forbidden_packages(names: Iterable[str]) -> list[str]:
    """Return those that recognise or learn about people."""
    pattern = re.compile(rf"^({RECOGNITION_PACKAGES}|{LEARNING_PACKAGES})", re.IGNORECASE)
    return [name for name in names if pattern.match(name)]


def forbidden_names(names: Iterable[str], path: str = "") -> list[str]:
    """Return names with a word for something that is never built."""
    banned = FORBIDDEN_WORDS
    if not path.startswith(MAY_SCORE_RULES):
        banned = banned | SCORING_WORDS
    return [name for name in names if banned & set(words(name))]


def searches_by_place(name: str, parameters: Iterable[str]) -> bool:
    """Tell whether a function is named as one that takes a place and gives persons."""
    name_words = set(words(name))
    parameter_words = {word for parameter in parameters for word in words(parameter)}
    return bool(name_words & PERSONS) and bool(
        name_words & NEARNESS or parameter_words & {"lat", "lon", "polygon"}
    )


def _locked(lock: str) -> list[str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)


LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))


@pytest.mark.parametrize("lock", LOCKS)
def test_no_locked_package_recognises_or_learns_about_people(lock: str) -> None:
    assert len(_locked(lock)) > 20
    assert not forbidden_packages(_locked(lock))


def test_what_people_install_reads_no_images() -> None:
    assert not {"pillow", "imageio", "scikit-image"} & set(_locked("requirements.lock"))


@pytest.mark.parametrize("module", PACKAGE, ids=lambda module: module.path)
def test_no_module_imports_recognition_learning_or_sending(module: Module) -> None:
    imported = {name.split(".")[0] for name, _ in imports(module.tree)}
    assert not forbidden_packages(imported)
    sending = imported & SENDING_MODULES - MAY_SEND.get(module.path, set())
    assert not sending, "nothing is sent to anybody but by the two ways out"


@pytest.mark.parametrize("module", PACKAGE, ids=lambda module: module.path)
def test_no_name_is_a_name_for_what_we_never_build(module: Module) -> None:
    assert not forbidden_names((name for name, _ in names_defined(module.tree)), module.path)


@pytest.mark.parametrize("module", PACKAGE, ids=lambda module: module.path)
def test_no_function_takes_a_place_and_gives_persons(module: Module) -> None:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            parameters = [argument.arg for argument in node.args.args]
            assert not searches_by_place(node.name, parameters), f"{module.path}: {node.name}"


def _columns() -> Iterator[str]:
    """Yield what is stored: the words of every statement that makes a table or an index."""
    sql = [path.read_text(encoding="utf-8") for path in (ROOT / "mesure").rglob("*.sql")]
    strings = [
        node.value
        for module in PACKAGE
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    yield from columns_of([*sql, *strings])


def columns_of(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        if re.search(r"\bcreate\s+(table|index|view)\b", text, re.IGNORECASE):
            yield from re.findall(r"[A-Za-z_]+", text)


def test_no_stored_column_is_for_what_we_never_build() -> None:
    assert not forbidden_names(_columns())


def test_no_command_or_option_is_for_what_we_never_build() -> None:
    commands = house.commands()
    names = [name for name in commands if name != "score"]
    names += [option for command in commands.values() for p in command.params for option in p.opts]
    assert names
    assert not forbidden_names(names)


# --- What is said of a person ------------------------------------------------------------------


def test_an_assessment_has_three_values_and_no_degree() -> None:
    assert {status.value for status in Status} == {"met", "not_met", "unknown"}


def test_an_incident_never_says_breach_and_carries_no_finding() -> None:
    assert {kind.value for kind in IncidentKind} == {
        "absent",
        "left",
        "entered",
        "missed",
        "silent",
    }
    fields = set(Incident.__dataclass_fields__)
    assert not fields & {"finding", "confirmed", "breach", "outcome", "severity", "priority"}


def test_nothing_makes_a_finding() -> None:
    makers = [
        module.path
        for module in PACKAGE
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id == "Finding"
    ]
    assert set(makers) <= {"mesure/incidents/review.py"}


# --- What can be asked for ----------------------------------------------------------------------

PLACE_WORDS = {"lat", "lon", "latitude", "longitude", "polygon", "circle", "box", "area", "radius"}
ONE_AT_A_TIME = {"person", "incident", "order", "absence", "ground"}
AUTHORITIES = {"court", "police", "prosecutor", "prison", "judge"}
ORDERINGS = {"sorted", "ordering", "top", "worst", "most"}


def field_names(form: object, ancestors: frozenset[object] = frozenset()) -> Iterator[str]:
    """Yield the names of all fields that values of a type have, and those within them."""
    if form in ancestors:
        return
    for inner in get_args(form):
        yield from field_names(inner, ancestors | {form})
    if isinstance(form, type) and hasattr(form, "__annotations__"):
        for name, hint in get_type_hints(form).items():
            yield name
            yield from field_names(hint, ancestors | {form})


def asks_by_place(asks: object) -> bool:
    """Tell whether something is asked for by where it is."""
    return any(PLACE_WORDS & set(words(name)) for name in field_names(asks))


def has_places(form: object) -> bool:
    """Tell whether values of a type say where somebody was."""
    return any({"lat", "lon"} & set(words(name)) for name in field_names(form))


def lists_persons(form: object, ancestors: frozenset[object] = frozenset()) -> bool:
    """Tell whether values of a type hold several things that name a person and their places."""
    if form in ancestors:
        return False
    parts = [one for one in get_args(form) if one is not NoneType]
    if get_origin(form) not in (None, Union, UnionType, type):
        for part in parts:
            names_person = "person" in getattr(part, "__annotations__", ())
            if names_person and has_places(part) and part is not OrderVersion:
                return True  # Versions of an order have the court's places, of one person.
    if isinstance(form, type) and hasattr(form, "__annotations__"):
        parts += get_type_hints(form).values()
    return any(lists_persons(part, ancestors | {form}) for part in parts)


def shows_many_places(asks: object, gives: object) -> bool:
    """Tell whether places are given that are not those of one person, incident or order."""
    hints = get_type_hints(asks)
    names_one = any(hints.get(name) in (str, str | None) for name in ONE_AT_A_TIME)
    return (has_places(gives) and not names_one) or lists_persons(gives)


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_nothing_is_asked_for_by_place(name: str) -> None:
    assert not asks_by_place(ACTIONS[name].asks)


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_nothing_gives_the_places_of_several_persons(name: str) -> None:
    assert not shows_many_places(ACTIONS[name].asks, ACTIONS[name].gives)


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_nothing_is_sent_to_a_court_or_the_police(name: str) -> None:
    assert not AUTHORITIES & set(words(name))
    assert not AUTHORITIES & {
        word for field in field_names(ACTIONS[name].asks) for word in words(field)
    }


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_nothing_ranks_persons(name: str) -> None:
    input_words = {word for field in field_names(ACTIONS[name].asks) for word in words(field)}
    output_names = set(field_names(ACTIONS[name].gives))
    assert not ORDERINGS & input_words
    assert not forbidden_names(output_names)


def test_nobody_is_told_but_the_person_and_who_has_an_account() -> None:
    assert {to.value for to in RecipientType} == {"person", "account"}


class _AskedByPlace:
    lat_deg: float


class _ManyPlaces:
    fixes: tuple[_AskedByPlace, ...]


class _PlacesOfPerson:
    person: str
    fixes: tuple[_AskedByPlace, ...]


class _PlacesOfPersons:
    trails: tuple[_PlacesOfPerson, ...]


class _OfDay:
    day: str


class _OfPerson:
    person: str


def test_a_search_by_place_and_a_map_of_everybody_are_found() -> None:
    assert asks_by_place(_AskedByPlace)
    assert asks_by_place(_ManyPlaces)
    assert not asks_by_place(_OfPerson)
    assert shows_many_places(_OfDay, _ManyPlaces)
    assert not shows_many_places(_OfPerson, _ManyPlaces)
    assert not shows_many_places(_OfDay, _OfPerson)
    assert not shows_many_places(_OfPerson, _PlacesOfPerson)
    assert shows_many_places(_OfPerson, _PlacesOfPersons)
    assert shows_many_places(_OfPerson, dict[str, _PlacesOfPerson] | None)


# --- Each check can fail -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "package", ["face-recognition", "opencv-python-headless", "scikit-learn", "torch", "xgboost"]
)
def test_a_forbidden_package_is_refused(package: str) -> None:
    assert forbidden_packages([package])


@pytest.mark.parametrize(
    "name",
    [
        "face_match", "VoiceCheck", "risk_level", "rank_persons", "predict_breach", "RiskScore",
        "crime_scene", "covert_mode", "camera_url", "--stealth", "arrest_warrant", "reoffend_p",
    ],
)  # fmt: skip
def test_a_forbidden_name_is_refused(name: str) -> None:
    assert forbidden_names([name])


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("persons_near", ["zone"]), ("who_was_within", ["span"]), ("list_people", ["lat_deg"])],
)
def test_a_search_by_place_is_refused(name: str, parameters: list[str]) -> None:
    assert searches_by_place(name, parameters)


def test_a_forbidden_column_is_refused() -> None:
    assert forbidden_names(columns_of(["CREATE TABLE person (id TEXT, risk_class INTEGER)"]))


def test_ordinary_names_pass() -> None:
    fine = ["surface_m", "interface", "voiced", "brisk", "person_of_order", "franking"]
    assert not forbidden_names(fine)
    assert not searches_by_place("distance_to", ["lat_deg", "lon_deg"])
    assert not forbidden_names(["score_rule"], "mesure_lab/rules/score.py")
    assert forbidden_names(["face_score"], "mesure_lab/rules/score.py")
