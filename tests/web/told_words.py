"""How each language says the facts of an incident, written down by hand to read them back."""

from typing import Any, Final

LANGUAGES: Final = ("en", "fr", "ru", "kk")


def each(*values: Any) -> dict[str, Any]:
    """Return what is said in each language."""
    return dict(zip(LANGUAGES, values, strict=True))


MONTHS: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ),
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
        "octobre", "novembre", "décembre",
    ),
    "ru": (
        "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября",
        "октября", "ноября", "декабря",
    ),
    "kk": (
        "қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым", "шілде", "тамыз", "қыркүйек",
        "қазан", "қараша", "желтоқсан",
    ),
}  # fmt: skip

# Minutes or metres of a unit, by its first letters.
UNITS: Final[dict[str, dict[str, int]]] = {
    "en": {"min": 1, "h": 60, "hou": 60, "day": 1440, "metr": 1, "kilo": 1000},
    "fr": {"min": 1, "h": 60, "heu": 60, "jou": 1440, "mètr": 1, "kilo": 1000},
    "ru": {
        "мин": 1,
        "ч": 60,
        "час": 60,
        "ден": 1440,
        "дня": 1440,
        "дне": 1440,
        "метр": 1,
        "кило": 1000,
    },
    "kk": {"мин": 1, "сағ": 60, "күн": 1440, "метр": 1, "кило": 1000},
}

_DAY: Final = each(
    r"\d{1,2} [A-Z][a-z]+ \d{4}",
    r"\d{1,2}(?:er)? [^\W\d]+ \d{4}",
    r"\d{1,2} [^\W\d]+ \d{4} года",
    r"\d{4} жылғы \d{1,2} [^\W\d]+",
)
_CLOCK: Final = r"\d\d:\d\d"
_MOMENT: Final = {
    "en": rf"{_DAY['en']} at {_CLOCK}",
    "fr": rf"{_DAY['fr']} à {_CLOCK}",
    "ru": rf"{_DAY['ru']} в {_CLOCK}",
    "kk": rf"{_DAY['kk']}, {_CLOCK}",
}
_SHORT: Final = {
    "en": rf"on {_DAY['en']} from {_CLOCK} to {_CLOCK}",
    "fr": rf"le {_DAY['fr']} de {_CLOCK} à {_CLOCK}",
    "ru": rf"{_DAY['ru']} с {_CLOCK} до {_CLOCK}",
    "kk": rf"{_DAY['kk']} күні {_CLOCK} – {_CLOCK} аралығында",
}
_LONG: Final = {
    "en": rf"from {_DAY['en']}, {_CLOCK} to {_DAY['en']}, {_CLOCK}",
    "fr": rf"du {_DAY['fr']} à {_CLOCK} au {_DAY['fr']} à {_CLOCK}",
    "ru": rf"с {_CLOCK} {_DAY['ru']} до {_CLOCK} {_DAY['ru']}",
    "kk": rf"{_DAY['kk']}, {_CLOCK} – {_DAY['kk']}, {_CLOCK} аралығында",
}
_WITHIN: Final = {
    "en": rf"from {_CLOCK} to {_CLOCK}",
    "fr": rf"de {_CLOCK} à {_CLOCK}",
    "ru": rf"с {_CLOCK} до {_CLOCK}",
    "kk": rf"{_CLOCK} – {_CLOCK} аралығында",
}
_SINCE: Final = {
    "en": rf"since {_CLOCK}(?: on {_DAY['en']})?",
    "fr": rf"depuis (?:le {_DAY['fr']} à )?{_CLOCK}",
    "ru": rf"с {_CLOCK}(?: {_DAY['ru']})?",
    "kk": rf"(?:{_DAY['kk']}, )?{_CLOCK} сәтінен бері",
}
_FEW: Final = {
    "en": ("less than a minute", "more than a year"),
    "fr": ("moins d’une minute", "plus d’un an"),
    "ru": ("меньше минуты", "больше года"),
    "kk": ("бір минуттан аз уақыт", "бір жылдан көп уақыт"),
}
_NEARLY: Final = {
    "en": ("more than 99", "less than 1 "),
    "fr": ("plus de 99", "moins de 1 "),
    "ru": ("больше 99", "меньше 1 "),
    "kk": ("99-дан көп", "1-ден аз"),
}
_RATIOS: Final = {
    "en": ("more than 10,000 to 1", "less than 2 to 1"),
    "fr": ("plus de 10 000 contre 1", "moins de 2 contre 1"),
    "ru": ("больше 10 000 к 1", "меньше 2 к 1"),
    "kk": ("10 000:1 шамасынан көп", "2:1 шамасынан аз"),
}
_SIDES: Final = {
    "en": ("against you", "for you"),
    "fr": ("en votre défaveur", "en votre faveur"),
    "ru": ("не в Вашу пользу", "в Вашу пользу"),
    "kk": ("Сізге қарсы", "Сіздің пайдаңызға"),
}
# To others than the person: odds, and by how much something multiplied them.
_ODDS: Final = each(
    (r"(?:<ratio>) that the device was (?:outside|inside)", r"less than 2 to 1, either way"),
    (
        r"(?:<ratio>) que l’appareil était à l’(?:extérieur|intérieur)",
        r"moins de 2 contre 1, dans un sens ou dans l’autre",
    ),
    (
        r"(?:<ratio>), что устройство было (?:снаружи|внутри)",
        r"меньше 2 к 1, в ту или другую сторону",
    ),
    (r"құрылғы (?:сыртта|іште) деген жаққа (?:<ratio>)", r"2:1 шамасынан аз, қай жаққа болса да"),
)
_TIMES: Final = each(
    r"(?:more than 10,000|less than 2|\d+) times? likelier(?: outside| inside|, either way)",
    r"(?:plus de 10 000|moins de 2|\d+) fois plus vraisemblable(?: à l’\w+|, dans un sens[^.<]*)",
    r"(?:больше чем в 10 000|меньше чем в 2|в \d+) раза? вероятнее(?: \w+|, в ту[^.<]*)",
    r"(?:(?:сыртта|іште) болуы )?(?:10 000 еседен көп|2 еседен аз|\d+ есе) ықтималырақ"
    r"(?:, қай жаққа болса да)?",
)
_OUTSIDE: Final = each(
    ("outside", "inside"), ("extérieur", "intérieur"), ("снаружи", "внутри"), ("сыртта", "іште")
)
_MANY: Final = each(
    ("10,000", "less than 2 "), ("10 000", "moins de 2 "), ("10 000", "меньше "), ("10 000", "аз")
)
_ONE: Final = each(r"\d+ to 1", r"\d+ contre 1", r"\d+ к 1", r"\d+:1")
_CHANCE: Final = each(
    r"(?:more than 99|less than 1|\d+) in 100",
    r"(?:plus de 99|moins de 1|\d+) sur 100",
    r"(?:больше 99|меньше 1|\d+) из 100",
    r"100 жағдайдан (?:99-дан көп|1-ден аз|\d+)",
)
_QUOTED: Final = each(r"“[^”]*”", r"« [^»]* »", r"«[^»]*»", r"«[^»]*»")
_AT: Final = {
    "en": rf"at (?:their )?home|at {_QUOTED['en']}",
    "fr": rf"à (?:votre|son) domicile|à l’endroit {_QUOTED['fr']}",
    "ru": rf"(?:у себя )?дома|в месте {_QUOTED['ru']}",
    "kk": rf"үй(?:ін)?де|{_QUOTED['kk']} орнында",
}
_AWAY: Final = {
    "en": rf"away from (?:their )?home|away from {_QUOTED['en']}",
    "fr": rf"hors de (?:votre|son) domicile|ailleurs qu’à l’endroit {_QUOTED['fr']}",
    "ru": rf"не дома|вне места {_QUOTED['ru']}",
    "kk": rf"үй(?:і|ін)?[дн]ен тыс жерде|үйден тыс жерде|{_QUOTED['kk']} орнынан тыс жерде",
}

DUTIES: Final = each(  # Curfew, residence, exclusion, appointment.
    ("curfew", "residence", "exclusion", "appointment"),
    ("assignation", "périmètre de résidence", "lieu interdit", "rendez-vous"),
    ("часы присутствия", "пребывание в пределах места", "запретное место", "назначенная встреча"),
    ("міндетті болу уақыты", "аумақта болу", "тыйым салынған жер", "кездесу"),
)
OUTCOMES: Final = each(  # In the order of `FindingOutcome`.
    (
        "breach", "excused", "no breach", "cannot tell", "the battery was empty",
        "there was no network", "fault of the device", "possible tampering, referred",
    ),
    (
        "manquement", "excusé", "pas de manquement", "impossible à dire", "batterie vide",
        "pas de réseau", "panne de l’appareil", "altération possible, transmise",
    ),
    (
        "нарушение", "оправдано", "нарушения нет", "установить нельзя", "батарея разрядилась",
        "не было сети", "неисправность устройства", "возможное вмешательство, передано на проверку",
    ),
    (
        "бұзушылық", "себебі дәлелді", "бұзушылық жоқ", "анықтау мүмкін емес", "батарея таусылған",
        "желі болмаған", "құрылғының ақауы", "араласу мүмкін, тексеруге берілді",
    ),
)  # fmt: skip
CAUSES: Final = each(
    ("reasonable excuse", "authorised absence", "location error", "equipment fault"),
    ("motif légitime", "absence autorisée", "erreur de localisation", "panne du matériel"),
    (
        "уважительная причина",
        "разрешённое отсутствие",
        "ошибка определения местоположения",
        "неисправность оборудования",
    ),
    ("дәлелді себеп", "рұқсат етілген болмау уақыты", "орынды анықтау қатесі", "жабдық ақауы"),
)
ANSWERS: Final = each(
    (
        "Answered by the finding.", "Answered: the finding stands.",
        "Answered: there is another finding.", "Taken back by the person.",
    ),
    (
        "Le constat y répond.", "Réponse : le constat est maintenu.",
        "Réponse : il y a un autre constat.", "Retiré par la personne.",
    ),
    (
        "Ответом стал окончательный вывод.", "Ответ: окончательный вывод остаётся в силе.",
        "Ответ: теперь другой окончательный вывод.", "Отозвано самим лицом.",
    ),
    (
        "Қорытындымен жауап берілді.", "Жауап: қорытынды өзгермейді.",
        "Жауап: енді қорытынды басқа.", "Тұлғаның өзі қайтарып алды.",
    ),
)  # fmt: skip
SOURCES: Final = each(  # In the order of `TermSource`, and all of them together.
    (
        "What was known before", "The time that passed",
        "It had just come to the edge of the place", "It had just come back to the place",
        "Where the fixes lie",
        "The way, seen from fix to fix", "Speed of a device on its way", "Home beacon heard",
        "Home beacon not heard", "Not counted: nobody can be that sure", "Together",
    ),
    (
        "Ce qui était connu avant", "Le temps écoulé", "Il venait d’arriver au bord du lieu",
        "Il venait de revenir dans le lieu", "Où se trouvent les relevés",
        "Le chemin, vu de relevé en relevé", "Vitesse d’un appareil en chemin",
        "Balise du domicile captée", "Balise du domicile non captée",
        "Non compté, car nul ne peut être aussi sûr", "Ensemble",
    ),
    (
        "Что было известно до этого", "Прошедшее время",
        "Оно только что оказалось у края места", "Оно только что вернулось на место",
        "Где лежат замеры",
        "Путь, видимый от замера к замеру", "Скорость устройства в пути",
        "Сигнал домашнего маяка принят", "Сигнал домашнего маяка не принят",
        "Не учтено: такой уверенности быть не может", "Вместе",
    ),
    (
        "Бұрын белгілі болғаны", "Өткен уақыт", "Ол орынның шетіне жаңа ғана келген",
        "Ол орынға жаңа ғана қайтып келген", "Өлшеулер қай жерде",
        "Өлшеуден өлшеуге көрінген жол", "Жолдағы құрылғының жылдамдығы",
        "Үйдегі маяктың сигналы қабылданды", "Үйдегі маяктың сигналы қабылданбады",
        "Есептелмеді: мұндай сенімділік болмайды", "Барлығы бірге",
    ),
)  # fmt: skip
NOT_OVER: Final = each(
    "not over yet", "pas encore terminé", "ещё не закончилось", "әлі аяқталған жоқ"
)
WAITS: Final = each(
    "waits for a second officer",
    "attend un second agent",
    "ждёт второго инспектора",
    "екінші инспекторды күтіп тұр",
)
HEADINGS: Final = each(  # What counted; what the person says; what was decided; what holds no more.
    (
        "What counted, and how much", "What the person says", "What a person decided",
        "No longer valid",
    ),
    (
        "Ce qui a compté, et combien", "Ce que dit la personne", "Ce qu’une personne a décidé",
        "Ce qui ne vaut plus",
    ),
    (
        "Что учтено и сколько весит", "Что говорит лицо", "Что решил человек",
        "Что больше не действует",
    ),
    ("Не ескерілді және салмағы қандай", "Тұлға не дейді", "Адам не шешті", "Енді күші жоқ"),
)  # fmt: skip
LABELS: Final = each(  # Of a finding on the paper.
    ("Finding", "Because of", "By", "Confirmed by a second officer", "In their words"),
    ("Constat", "En raison de", "Par", "Confirmé par un second agent", "Dans ses propres termes"),
    (
        "Окончательный вывод", "Причина", "Кто", "Подтвердил второй инспектор",
        "Своими словами",
    ),
    (
        "Түпкілікті қорытынды", "Қорытынды себебі", "Кім", "Екінші инспектор растады",
        "Өз сөзімен",
    ),
)  # fmt: skip


def _tokens(language: str) -> dict[str, Any]:
    few = "|".join(_FEW[language])
    ratios = "|".join((*_RATIOS[language], _ONE[language]))
    times = (_SHORT[language], _LONG[language], _WITHIN[language], _SINCE[language])
    return {
        "n": r"\d+",
        "word": r"\w+",
        "place": r"[^”»]+?",
        "names": r"[A-Z]\d(?:[^.]*[A-Z]\d)?",
        "duty": "|".join(DUTIES[language]),
        "day": _DAY[language],
        "moment": _MOMENT[language],
        "clock": _CLOCK,
        "length": rf"{few}|\d+ [^\W\d]+(?: \d+ [^\W\d]+)?",
        "metres": r"\d+ [^\W\d]+",
        "chance": _CHANCE[language],
        "weight": "|".join(
            (
                *(one.replace("<ratio>", ratios) for one in _ODDS[language]),
                _TIMES[language],
                rf"(?:{ratios})(?: (?:{'|'.join(_SIDES[language])}))?",
            )
        ),
        "at": _AT[language],
        "away": _AWAY[language],
        "window": "|".join(times[:2]),
        "seen": "|".join(times),
        "few": _FEW[language],
        "nearly": _NEARLY[language],
        "many": _MANY[language],
        "sides": (*_SIDES[language], *_OUTSIDE[language]),
        "waits": WAITS[language],
        "headings": HEADINGS[language],
        "labels": LABELS[language],
    }


TOKENS: Final = {language: _tokens(language) for language in LANGUAGES}
