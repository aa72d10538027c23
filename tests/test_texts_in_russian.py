"""What only Russian can get wrong: a second word, a case before a placeholder, a form for one."""

import re

import pytest

from tests.test_texts_in_use import _forms, _messages, pairs, texts_without, translations

# One word for one thing: where English has the first, Russian has the second.
WORDS = {
    "appointments?": "встреч", "approved?": "утвер", "assess(?:ed|ments?)": "оцен",
    "audit log|the log": "журнал", "authorised absences?": r"разрешённ\w+ отсутстви",
    "barred": "отстран", "beacons?": "маяк", "boundar(?:y|ies)": "границ",
    "breach(?:es)?": "нарушени", "bundle": "пакет", "cards?": "карточк",
    "checkpoints?": r"контрольн\w+ точ", "conditions?": "услови",
    "confidence circles?": r"круг\w* погрешност", "contest(?:s|ed)?": "осп[ао]р",
    "counsel|lawyers?": "защитник", "court’s papers?|papers? of the court": r"бумаг\w* суда",
    "covering|covers for": "заме(?:щ|ст)", "curfew": "часы присутствия", "drafts?": "черновик",
    "emergency": "экстренн", "exclusion zones?": "запретн", "features?": "объект",
    "findings?": r"окончательн\w+ вывод|такого вывода", "fix(?:es)?": "замер",
    "hand-over notes?": r"запис(?:к|ок)\w* о передаче дел", "hash(?:es)?": "хеш",
    "interruptions?": "переб", "met": "соблюд", "officers?": "инспектор", "on call": "дежур",
    "operators?": "оператор", "passkeys?": r"ключ\w* доступа", "passwords?": "парол",
    "PIN": "PIN-код", "positions?": "местоположени", "possible breach(?:es)?":
    r"возможн\w+ нарушени", "programme": r"программ\w+ надзора", "silences?": "молчани|сигнал",
    "software": "программ", "strap": "ремеш", "supervisors?": "руководител",
    "test (?:message|event)s?": "проверочн", "thresholds?": "порог", "time zones?": "пояс",
    "tokens?": "токен", "trail": r"\bпут", "unknown": "неизвестн", "variations?": "изменени",
    "versions?": "верси", "withdrawn": "снят", "witness": "свидетел",
    "wrong side": "не на той стороне",
}  # fmt: skip
# A word that is right for one thing only: where Russian has it, English has this.
ONLY_FOR = {
    r"доказательств\w*": "proofs?|proved?",  # What a possible breach rests on is no proof.
    r"вывод(?!ит)\w*": r"findings?|found|find|conclu\w+|out of use",
    # Of a device, not of an officer, but for the tab, which has no room for *замещение*.
    r"замен[аы]\w*|замену": "swap|replaced?|^cover$",
    r"персональн\w+|личн\w+ данн\w+": "data",
    # What is brought to somebody, not what a device or the service sends.
    r"извещени\w*": "incidents?|notices?|raise|raised|contest it|closed|withdrawn|breach",
    r"сообщени\w*": "messages?|reports|news|apps",
}


@pytest.mark.parametrize("word", WORDS)
def test_russian_has_one_word_for_each_thing(word: str) -> None:
    assert texts_without("ru", word, WORDS[word]) == []


@pytest.mark.parametrize("word", ONLY_FOR)
def test_a_russian_word_means_one_thing(word: str) -> None:
    pattern = re.compile(rf"\b(?:{word})\b", re.IGNORECASE)
    english = re.compile(ONLY_FOR[word], re.IGNORECASE)
    texts = {form: text for text, form in pairs("ru") if pattern.search(form)}
    assert texts
    assert [form for form, text in texts.items() if not english.search(text)] == []


# --- Whose order it is ---------------------------------------------------------------------------

# Where only the person reads.
TO_PERSON = (
    "mesure/web/portal/", "mesure/actions/notifications/", "mesure/privacy/retention/",
    "mesure/reports/downloads/own_data_page.py", "mesure/web/console/templates/device_sheet.html",
)  # fmt: skip
ORDER = re.compile(r"(?<!their )(?<!the same )\borders?\b", re.IGNORECASE)


def test_the_order_is_the_courts_where_the_person_reads() -> None:
    """An officer decides, too; *решение* alone could be theirs."""
    texts = [
        form
        for message in _messages("ru")
        if any(path.startswith(TO_PERSON) for path, _ in message.locations)
        for text, form in zip(_forms(message.id), _forms(message.string or ""), strict=False)
        if ORDER.search(text)
    ]
    assert len(texts) > 20
    assert [text for text in texts if not re.search(r"решени\w+ суда", text)] == []


# --- Grammar round a placeholder -----------------------------------------------------------------

# A duration is in the nominative: *не менее 2 часов*, but {length} says *2 часа*.
DECLINED = re.compile(
    r"\b(?:менее|более|меньше|больше|около|свыше|течение|до|от|после|из|без|дольше|кроме)"
    r" \{(?:length|duration|least|slot)\}"
)
# A time on a page may be *сегодня в 10:00*.
AFTER_PREPOSITION = re.compile(r"\b(?:с|до|от|после|к|около)[ \u00a0]\{(?:when|moment)\}")
ONE_ALONE = re.compile(r"\b(?:он|она|оно|его|её|ему|ей)\b", re.IGNORECASE)


def test_no_duration_follows_a_word_that_declines_it() -> None:
    assert [text for text in translations("ru") if DECLINED.search(text)] == []
    for wrong in ("не менее {length}", "в течение {duration}", "до {length} после"):
        assert DECLINED.search(wrong), wrong
    for right in ("не меньше чем на {length}", "дольше, чем {length}", "через {length}"):
        assert not DECLINED.search(right), right


def test_no_preposition_stands_before_a_time_that_may_be_today() -> None:
    texts = [
        form
        for message in _messages("ru")
        if any(path.startswith("mesure/web/") for path, _ in message.locations)
        for form in _forms(message.string or "")
    ]
    assert len(texts) > 2_000
    assert [text for text in texts if AFTER_PREPOSITION.search(text)] == []
    assert AFTER_PREPOSITION.search("Он действует с {moment}.")


def test_the_form_for_one_is_right_for_twenty_one() -> None:
    """Russian counts 21 and 31 by the form for 1, and 21 readings are no *он*."""
    firsts = [
        _forms(message.string)[0]
        for message in _messages("ru")
        if message.string and not isinstance(message.id, str)
    ]
    assert len(firsts) > 80
    assert [text for text in firsts if "{" not in text or ONE_ALONE.search(text)] == []


# A label before a name, which stands in the nominative; and a reader who might be a man.
BY_WHOM = re.compile(r"^Кем\b[^?]*$")
READER = re.compile(r"\b[Яя] (?:не |это )?\w+(?:ен|на|л|ла|лся|лась)\b|\bВы \w+(?:шая|ший)\b")


def test_a_label_asks_for_a_name_as_it_stands() -> None:
    assert [text for text in translations("ru") if BY_WHOM.search(text)] == []
    assert BY_WHOM.search("Кем подписан")


def test_no_russian_text_depends_on_who_reads() -> None:
    assert [text for text in translations("ru") if READER.search(text)] == []
    for wrong in ("Я не согласен", "Я прочитал это", "Я уверена"):
        assert READER.search(wrong), wrong
