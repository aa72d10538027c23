"""The names on the map of a simulated town: of trees, flowers and quarters, and of nobody.

On the signs they are Kazakh, as the town borrows its place from Almaty; in English and Russian they
are there beside that.
"""

from typing import Final, TypeAlias

from mesure_lab.ground.town import Point

Names: TypeAlias = tuple[tuple[str, str], ...]


def _names(kazakh: str, english: str, russian: str, french: str = "") -> Names:
    french_too = (("name:fr", french),) if french else ()
    return (("name", kazakh), ("name:en", english), *french_too, ("name:ru", russian))


# By the number of the crossing from which a street runs: those to the north, and those to the east.
UP: Final[dict[int, Names]] = {
    -27: _names("Арша көшесі", "Juniper Street", "улица Можжевеловая"),
    -24: _names("Терек даңғылы", "Poplar Avenue", "проспект Тополиный"),
    -21: _names("Тал көшесі", "Willow Street", "улица Ивовая"),
    -18: _names("Емен көшесі", "Oak Street", "улица Дубовая"),
    -15: _names("Шырша көшесі", "Spruce Street", "улица Еловая"),
    -12: _names("Қайың даңғылы", "Birch Avenue", "проспект Берёзовый"),
    -9: _names("Үйеңкі көшесі", "Maple Street", "улица Кленовая"),
    -6: _names("Жөке көшесі", "Linden Street", "улица Липовая"),
    -3: _names("Шетен көшесі", "Rowan Street", "улица Рябиновая"),
    0: _names("Алма даңғылы", "Apple Avenue", "проспект Яблоневый"),
    3: _names("Өрік көшесі", "Apricot Street", "улица Абрикосовая"),
    6: _names("Шие көшесі", "Cherry Street", "улица Вишнёвая"),
    9: _names("Алмұрт көшесі", "Pear Street", "улица Грушевая"),
    12: _names("Қарағаш даңғылы", "Elm Avenue", "проспект Карагачевый"),
    15: _names("Долана көшесі", "Hawthorn Street", "улица Боярышниковая"),
    18: _names("Жиде көшесі", "Oleaster Street", "улица Лоховая"),
    21: _names("Қарақат көшесі", "Currant Street", "улица Смородиновая"),
    24: _names("Самырсын даңғылы", "Larch Avenue", "проспект Лиственничный"),
    27: _names("Қамыс көшесі", "Reed Street", "улица Камышовая"),
}
ALONG: Final[dict[int, Names]] = {
    -25: _names("Теміржол көшесі", "Railway Street", "улица Железнодорожная"),
    -20: _names("Жусан даңғылы", "Wormwood Avenue", "проспект Полынный"),
    -15: _names("Бәйшешек көшесі", "Snowdrop Street", "улица Подснежников"),
    -10: _names("Қызғалдақ даңғылы", "Tulip Avenue", "проспект Тюльпанов"),
    -5: _names("Сирень көшесі", "Lilac Street", "улица Сиреневая"),
    0: _names("Раушан даңғылы", "Rose Avenue", "проспект Роз"),
    5: _names("Лалагүл көшесі", "Lily Street", "улица Лилий"),
    10: _names("Жоңышқа даңғылы", "Clover Avenue", "проспект Клеверный"),
    15: _names("Түймедақ көшесі", "Camomile Street", "улица Ромашковая"),
    20: _names("Көкгүл даңғылы", "Cornflower Avenue", "проспект Васильковый"),
    25: _names("Тау көшесі", "Mountain Street", "улица Горная"),
}
TOWN: Final = _names("Үлгі қала", "Sample Town", "Город-образец", "Ville modèle")
AROUND: Final[tuple[tuple[Point, Names], ...]] = (
    ((-150.0, 1_950.0), _names("Солтүстік", "North", "Север", "Nord")),
    ((150.0, -1_600.0), _names("Оңтүстік", "South", "Юг", "Sud")),
    ((1_750.0, 250.0), _names("Шығыс", "East", "Восток", "Est")),
    ((-1_750.0, -150.0), _names("Батыс", "West", "Запад", "Ouest")),
    ((100.0, -2_780.0), _names("Зауыттар", "Works", "Заводской", "Usines")),
)
