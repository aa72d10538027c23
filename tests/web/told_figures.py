"""How each language calls an incident, and the figures of it."""

from typing import Final

from tests.web.told_words import each

# Each title, with the kind of what it is of.
TITLES: Final[dict[str, list[tuple[str, str]]]] = {
    "en": [
        ("absent", r"Possible breach: absent from (?!home)(.+)"),
        ("absent at home", "Possible breach: absent from home"),
        ("left", "Possible breach: outside (.+)"),
        ("entered", r"Possible breach: in the exclusion zone (.+)"),
        ("missed", "Possible breach: appointment at (.+) missed"),
        ("silent", "Silence: the device reported nothing"),
        ("strap", "Device: the strap was open"),
        ("battery", "Device: the battery was almost empty"),
        ("charging", "Device: it was not charged"),
        ("locating", "Device: it may not tell its position"),
        ("approximate", "Device: only approximate positions"),
        ("switched_off", "Device: it was switched off"),
        ("help", "Device: a call for help"),
        ("tampering", "Device: it was opened, cut or removed"),
        ("power", "Device: its power was cut"),
    ],
    "fr": [
        ("absent", "Manquement possible : absence, lieu « (.+) »"),
        ("absent at home", "Manquement possible : absence du domicile"),
        ("left", "Manquement possible : hors du périmètre « (.+) »"),
        ("entered", "Manquement possible : dans le lieu interdit « (.+) »"),
        ("missed", "Manquement possible : rendez-vous manqué, lieu « (.+) »"),
        ("silent", "Silence : l’appareil n’a rien transmis"),
        ("strap", "Appareil : la sangle était ouverte"),
        ("battery", "Appareil : la batterie était presque vide"),
        ("charging", "Appareil : il n’a pas été chargé"),
        ("locating", "Appareil : il n’est pas autorisé à indiquer sa position"),
        ("approximate", "Appareil : positions approximatives seulement"),
        ("switched_off", "Appareil : il a été éteint"),
        ("help", "Appareil : un appel à l’aide"),
        ("tampering", "Appareil : il a été ouvert, coupé ou retiré"),
        ("power", "Appareil : son alimentation a été coupée"),
    ],
    "ru": [
        ("absent", "Возможное нарушение: отсутствие, место «(.+)»"),
        ("absent at home", "Возможное нарушение: отсутствие дома"),
        ("left", "Возможное нарушение: за пределами места «(.+)»"),
        ("entered", "Возможное нарушение: в запретном месте «(.+)»"),
        ("missed", "Возможное нарушение: пропущена встреча, место «(.+)»"),
        ("silent", "Молчание: устройство ничего не передало"),
        ("strap", "Устройство: ремешок был расстёгнут"),
        ("battery", "Устройство: батарея почти села"),
        ("charging", "Устройство: его не зарядили"),
        ("locating", "Устройство: ему не разрешено сообщать своё местоположение"),
        ("approximate", "Устройство: только приблизительное местоположение"),
        ("switched_off", "Устройство: оно было выключено"),
        ("help", "Устройство: призыв о помощи"),
        ("tampering", "Устройство: его вскрыли, срезали или сняли"),
        ("power", "Устройство: у него отключили питание"),
    ],
    "kk": [
        ("absent", "Ықтимал бұзушылық: «(.+)» орнында болмау"),
        ("absent at home", "Ықтимал бұзушылық: үйде болмау"),
        ("left", "Ықтимал бұзушылық: «(.+)» аумағынан тыс болу"),
        ("entered", "Ықтимал бұзушылық: тыйым салынған «(.+)» жерінде болу"),
        ("missed", "Ықтимал бұзушылық: «(.+)» орнындағы кездесуге келмеу"),
        ("silent", "Үнсіздік: құрылғы ештеңе хабарламады"),
        ("strap", "Құрылғы: бауы ашық болды"),
        ("battery", "Құрылғы: батареясы таусылуға жақын болды"),
        ("charging", "Құрылғы: зарядталмады"),
        ("locating", "Құрылғы: орнын хабарлауға рұқсаты жоқ"),
        ("approximate", "Құрылғы: тек шамамен алынған орын"),
        ("switched_off", "Құрылғы: ол өшірілген"),
        ("help", "Құрылғы: көмекке шақыру"),
        ("tampering", "Құрылғы: ол ашылды, кесілді немесе шешілді"),
        ("power", "Құрылғы: оның қуаты ажыратылды"),
    ],
}

# Each figure of the table, by what its value is, with its name in each language.
FIGURES: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "when": ("span", each("When", "Quand", "Когда", "Қашан")),
    "length": ("length", each("How long", "Durée", "Как долго", "Ұзақтығы")),
    "times": ("n", each("How many times", "Combien de fois", "Сколько раз", "Неше рет")),
    "window": (
        "span",
        each(
            "The condition applied", "L’obligation s’appliquait", "Условие действовало",
            "Шарт қолданылды",
        ),
    ),
    "opened": (
        "moment",
        each(
            "An officer could see it from", "Un agent de probation pouvait le voir à partir du",
            "Инспектор мог увидеть это не раньше", "Инспектор мұны көре алған уақыт",
        ),
    ),
    "withdrawn": (
        "moment",
        each(
            "Withdrawn, because late evidence refuted it",
            "Retiré, car des éléments tardifs l’ont réfuté",
            "Снято: поздние данные это опровергли",
            "Кері алынды: кейінгі деректер оны жоққа шығарды",
        ),
    ),
    "chance": (
        "chance",
        each(
            "Chance of being on the wrong side, at most",
            "Probabilité d’être du mauvais côté, au plus",
            "Вероятность быть не на той стороне, не больше",
            "Қате жақта болу ықтималдығы, ең көбі",
        ),
    ),
    "used": (
        "n",
        each(
            "Fixes used in that time", "Relevés utilisés pendant ce temps",
            "Использовано замеров за это время", "Осы уақытта пайдаланылған өлшеулер",
        ),
    ),
    "wrong": (
        "n",
        each(
            "Of these, on the wrong side taken alone", "Dont du mauvais côté, pris un par un",
            "Из них не на той стороне, если брать по одному",
            "Олардың ішінде жеке алғанда қате жақтағысы",
        ),
    ),
    "distance": (
        "metres",
        each(
            "Farthest beyond the boundary", "Plus grand écart par rapport à la limite",
            "Наибольшее расстояние за пределами границы", "Шекарадан ең алыс қашықтық",
        ),
    ),
    "radius": (
        "metres",
        each(
            "Usual radius of their confidence circles",
            "Rayon habituel de leurs cercles de confiance",
            "Обычный радиус их кругов погрешности",
            "Олардың қателік шеңберлерінің әдеттегі радиусы",
        ),
    ),
    "independent": (
        "length",
        each(
            "Independent evidence", "Éléments indépendants", "Независимые данные",
            "Тәуелсіз деректер",
        ),
    ),
    "rows": (
        "text",
        each(
            "Rows of the files, counted from 0", "Lignes des fichiers, comptées à partir de 0",
            "Строки файлов, счёт с 0", "Файл жолдары, санау 0-ден басталады",
        ),
    ),
    "device": ("text", each("Device", "Appareil", "Устройство", "Құрылғы")),
    "number": (
        "text",
        each(
            "Number on the record", "Numéro au dossier", "Номер в записях", "Жазбадағы нөмірі"
        ),
    ),
}  # fmt: skip
