"""What four readers read about an incident, parsed back into values that know no language.

The sentences are read by patterns that were written by hand for each language, and not by the texts
from which they were made: a number that is put into the wrong sentence, or is left out, is seen.
"""

import re
from datetime import date, datetime, time, timedelta
from functools import cache
from html import unescape
from typing import Any, Final

from mesure.incidents.finding import FindingCause, FindingOutcome
from tests.web.told_figures import FIGURES, TITLES
from tests.web.told_sentences import SENTENCES
from tests.web.told_words import (
    ANSWERS,
    CAUSES,
    DUTIES,
    MONTHS,
    NOT_OVER,
    OUTCOMES,
    SOURCES,
    TOKENS,
    UNITS,
)

Facts = dict[str, Any]
SIDES: Final = ("against", "for", "outside", "inside")
SENTENCES_IN: Final = r'<p(?: class="large")?>(.*?)</p>'
_FEW: Final = {"<": 0, ">": 366 * 24 * 60}


def plain(text: str) -> str:
    """Return a text with ordinary spaces."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", text).strip()


# --- Values --------------------------------------------------------------------------------------


def value(token: str, text: str, language: str) -> Any:
    """Return the value of a token as it was said, which is nothing more and nothing less."""
    assert token == "text" or re.fullmatch(TOKENS[language][token], text), text
    match token:
        case "n":
            return int(re.sub(r"\D", "", text))
        case "moment":
            return moment(text, language)
        case "clock" | "word" | "place" | "text":
            return text
        case "duty":
            return DUTIES[language].index(text)
        case "length":
            return length(text, language)
        case "metres":
            count, unit = text.split(" ")
            return int(count) * UNITS[language][unit[:4]]
        case "chance":
            return chance(text, language)
        case "weight":
            return weight(text, language)
        case "names":
            return tuple(re.findall(r"[A-Z]\d", text))
        case "at" | "away":
            named = re.search(r"[“«] ?([^”»]*?) ?[”»]", text)
            return named[1] if named else "home"
        case "window" | "seen":
            return span(text, language)
    raise AssertionError(token)


def day(text: str, language: str) -> date:
    """Return a date."""
    numbers = [int(one) for one in re.findall(r"\d+", text)]
    month = next(n for n, name in enumerate(MONTHS[language], start=1) if name in text)
    first, second = numbers
    return date(first, month, second) if language == "kk" else date(second, month, first)


def moment(text: str, language: str) -> datetime:
    """Return a date with a time of day, on the clock of the order."""
    clock = re.search(r"(\d\d):(\d\d)", text)
    assert clock is not None, text
    on = day(text.replace(clock[0], ""), language)
    return datetime.combine(on, time(int(clock[1]), int(clock[2])))


def length(text: str, language: str) -> int:
    """Return minutes, as they were rounded down."""
    for mark, words in zip("<>", TOKENS[language]["few"], strict=True):
        if text == words:
            return _FEW[mark]
    parts = re.findall(r"(\d+) ([^\W\d]+)", text)
    return sum(int(count) * UNITS[language][unit[:3]] for count, unit in parts)


def chance(text: str, language: str) -> int:
    """Return how many in 100; 100 for more than 99, and 0 for less than 1."""
    more, less = TOKENS[language]["nearly"]
    if more in text:
        return 100
    if less in text:
        return 0
    numbers = [int(one) for one in re.findall(r"\d+", text)]
    return numbers[-1] if language == "kk" else numbers[0]


def weight(text: str, language: str) -> tuple[int, str]:
    """Return how many times likelier, and for which side; 10,001 and 1 for more and for less."""
    more, less = TOKENS[language]["many"]
    named = zip(TOKENS[language]["sides"], SIDES, strict=True)
    side = next((side for words, side in named if words in text), "")
    if more in text:
        return 10_001, side
    numbers = re.findall(r"\d+", text)
    return (1, "") if less in text else (int(numbers[0]), side)


def span(text: str, language: str) -> tuple[object, object]:
    """Return from when to when: moments where dates are said, and times of day where they are not.

    What ends at 24:00 ends with the day on which it began.
    """
    days = re.findall(TOKENS[language]["day"], text)
    clocks = re.findall(r"\d\d:\d\d", text)
    if not days:
        return clocks[0], clocks[1] if len(clocks) > 1 else None
    first = day(days[0], language)
    if len(clocks) == 1:
        return _at(first, clocks[0]), None
    if len(days) == 2:
        return _at(first, clocks[0]), _at(day(days[1], language), clocks[1])
    until = first if clocks[1] > clocks[0] else first + timedelta(days=1)
    return _at(first, clocks[0]), _at(until, clocks[1])


def _at(on: date, clock: str) -> datetime:
    hours, minutes = clock.split(":")
    midnight = datetime.combine(on, time())
    return midnight + timedelta(hours=int(hours), minutes=int(minutes))


# --- Sentences and figures -----------------------------------------------------------------------


@cache
def pattern(written: str, language: str) -> tuple[re.Pattern[str], list[str]]:
    """Return a pattern in which each token stands for what it can be, and the tokens in order."""
    tokens = re.findall(r"<(\w+)>", written)
    known = TOKENS[language]
    filled = re.sub(r"<(\w+)>", lambda match: f"({known[match[1]]})", written)
    return re.compile(filled), tokens


def sentences(text: str, language: str) -> Facts:
    """Return the facts that the sentences of an explanation tell."""
    facts: Facts = {}
    for fact, by_language in SENTENCES.items():
        for written, says in by_language[language]:
            compiled, tokens = pattern(written, language)
            for match in compiled.finditer(text):
                pairs = zip(tokens, match.groups(), strict=True)
                # Kazakh says when before it says where.
                ordered = sorted(pairs, key=lambda pair: pair[0] in {"window", "seen"})
                parts = tuple(value(token, said, language) for token, said in ordered)
                fact_value = says if says is not None else parts[0] if len(parts) == 1 else parts
                assert facts.setdefault(fact, fact_value) == fact_value, (
                    f"{fact} is told twice, otherwise"
                )
    return facts


def figures(cells: dict[str, str], language: str) -> Facts:
    """Return the facts that a table of figures tells."""
    facts: Facts = {}
    for fact, (token, labels) in FIGURES.items():
        text = cells.get(labels[language])
        if text is None:
            continue
        if token == "span":
            first, _, last = text.partition(" – ")
            is_open = last == NOT_OVER[language]
            end = None if is_open else value("moment", last, language)
            facts[fact] = value("moment", first, language), end
        else:
            facts[fact] = value(token, text, language)
    return facts


def parse_title(title: str, language: str) -> tuple[str, str]:
    """Return of which kind an incident is called, and of which place."""
    for kind, written in TITLES[language]:
        match = re.fullmatch(written, title)
        if match is not None:
            return kind, match[1] if match.groups() else ""
    raise AssertionError(title)


def parse_conclusion(
    outcome: str, cause: str, language: str
) -> tuple[FindingOutcome, FindingCause | None]:
    """Return a conclusion."""
    finding_outcome = list(FindingOutcome)[OUTCOMES[language].index(outcome)]
    return finding_outcome, list(FindingCause)[CAUSES[language].index(cause)] if cause else None


# --- The pages -----------------------------------------------------------------------------------


def visible_text(markup: str) -> str:
    """Return what markup says."""
    return plain(unescape(re.sub(r"<[^>]+>", " ", markup)))


def _section(page: str, name: str) -> str:
    match = re.search(rf'<section[^>]* aria-labelledby="{name}">(.*?)</section>', page, re.DOTALL)
    return match[1] if match else ""


def of_page(page: str, language: str) -> Facts:
    """Return what a page tells of an incident."""
    why = _section(page, "why")
    figures_of = why + _section(page, "figures")
    cells = {
        visible_text(name): visible_text(cell)
        for name, cell in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", figures_of, re.DOTALL)
    }
    before = why.split("<details")[0]
    explanation = " ".join(visible_text(one) for one in re.findall(SENTENCES_IN, before, re.DOTALL))
    title = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)
    times = re.search(r"</h1>\s*<p>(.*?)</p>", page, re.DOTALL)
    assert title is not None, page[:200]
    assert times is not None, page[:200]
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", figures_of, re.DOTALL)
    weights = [
        (
            visible_text(name),
            *(visible_text(one) for one in re.findall(r"<td[^>]*>(.*?)</td>", rest)),
        )
        for name, rest in rows
    ]
    return {
        "title": parse_title(visible_text(title[1]), language),
        "times": _times(visible_text(times[1]), language),
        "told": explanation,
        **{f"told: {name}": one for name, one in sentences(explanation, language).items()},
        **{f"figure: {name}": one for name, one in figures(cells, language).items()},
        "weights": parse_weights(weights, language),
        "findings": [
            *_cards(_section(page, "finding"), language),
            *_cards(_section(page, "former"), language),
        ],
        "says": _says(_section(page, "said") + _section(page, "account"), language),
    }


def _times(text: str, language: str) -> tuple[datetime, datetime | None]:
    first, _, last = re.sub(r"\(.*\)", "", text).strip().partition(" – ")
    start = moment(first, language)
    if last == NOT_OVER[language]:
        return start, None
    if re.fullmatch(r"\d\d:\d\d", last):  # On the same day, which is named once.
        return start, datetime.combine(start.date(), time.fromisoformat(last))
    return start, moment(last, language)


def parse_weights(rows: list[tuple[str, ...]], language: str) -> list[tuple[Any, ...]]:
    """Return the table of what counted: which source, how many fixes, the weight, the logarithm."""
    marks = ".," if language == "en" else ",."  # Of decimals, and what may not be there.
    plain = str.maketrans(f"\u2212{marks}", "-.,")
    return [
        (
            SOURCES[language].index(name),
            int(fixes or "0"),
            value("weight", text, language),
            float(llr.translate(plain)),
        )
        for name, fixes, text, llr in rows
    ]


def _cards(section: str, language: str) -> list[tuple[Any, ...]]:
    """Return the findings that a page shows: what, when, confirmed when, and in which words."""
    findings = []
    for card in re.findall(r'<div class="card(?: sunken)?">(.*?)</div>', section, re.DOTALL):
        tags = [
            visible_text(tag) for tag in re.findall(r'<span class="tag[^"]*">(.*?)</span>', card)
        ]
        outcome, _, cause = re.sub(r"\s: ", ": ", tags[0]).partition(": ")
        moments = re.findall(r"<time[^>]*>(.*?)</time>", card)
        at = [moment(plain(unescape(one)), language) for one in moments]
        words = [visible_text(one) for one in re.findall(r"<p>(.*?)</p>", card, re.DOTALL)]
        is_waiting = len(tags) > 1 and "sunken" not in card and tags[1] in TOKENS[language]["waits"]
        if is_waiting:
            continue  # An officer sees what is proposed; it is no finding yet.
        second = at[1] if len(at) > 1 else None
        findings.append((*parse_conclusion(outcome, cause, language), at[0], second, words[-1]))
    return findings


def _says(section: str, language: str) -> list[tuple[str, str]]:
    """Return what the person wrote, and what was answered."""
    statements = []
    for card in re.findall(r'<div class="card flat">(.*?)</div>', section, re.DOTALL):
        words = " ".join(visible_text(one) for one in re.findall(r"<p>(.*?)</p>", card, re.DOTALL))
        answer = re.search(r'<p class="strong">(.*?)</p>', card)
        statements.append(
            (words, parse_answer(visible_text(answer[1]) if answer else "", language))
        )
    return statements


def parse_answer(text: str, language: str) -> str:
    """Return what was answered: empty where nothing was."""
    in_english: dict[str, str] = dict(zip(ANSWERS[language], ANSWERS["en"], strict=True))
    return in_english[text] if text else ""


# --- The court's paper ---------------------------------------------------------------------------


def of_paper(source: str, language: str) -> Facts:
    """Return what the source of the court's paper tells of an incident."""
    headings = re.split(r"#heading\(level: 1\)\[#", source)
    parts = [(_strings(one)[0], one) for one in headings[1:]]
    title, about = parts[1]  # The first says what the method cannot show.
    explanation = " ".join(
        _strings(paragraph)[0] for paragraph in re.findall(r"#par\[#\"(?:[^\"\\]|\\.)*\"\]", about)
    )
    tables = [_cells(one) for one in _tables(about)]
    cells = {
        name: cell for table in tables for name, cell in zip(table[::2], table[1::2], strict=False)
    }
    by_name = dict(parts)
    names = TOKENS[language]["headings"]
    counted = [cell for table in _tables(by_name.get(names[0], "")) for cell in _cells(table)]
    weights = [tuple(counted[at : at + 4]) for at in range(0, len(counted), 4)]
    facts = figures(cells, language)
    return {
        "title": parse_title(title, language),
        "times": facts["when"],
        "told": explanation,
        **{f"told: {name}": one for name, one in sentences(explanation, language).items()},
        **{f"figure: {name}": one for name, one in facts.items()},
        "weights": parse_weights(weights, language),
        "findings": [
            _finding(_cells(table), language)
            for name in names[2:]
            for table in _tables(by_name.get(name, ""))
        ],
        "says": [_saying(_cells(table), language) for table in _tables(by_name[names[1]])],
    }


def _strings(source: str) -> list[str]:
    strings = re.findall(r'"((?:[^"\\]|\\.)*)"', source)
    return [plain(one.replace('\\"', '"').replace("\\\\", "\\")) for one in strings]


def _tables(source: str) -> list[str]:
    return re.findall(r"#table\((.*?)\)\]", source, re.DOTALL)


def _cells(table: str) -> list[str]:
    return [_strings(one)[0] for one in re.findall(r'\[#"(?:[^"\\]|\\.)*"\]', table)]


def _finding(cells: list[str], language: str) -> tuple[Any, ...]:
    rows = dict(zip(cells[::2], cells[1::2], strict=True))
    labels = TOKENS[language]["labels"]
    by, second = rows[labels[2]], rows.get(labels[3], "")
    return (
        *parse_conclusion(rows[labels[0]], rows.get(labels[1], ""), language),
        moment(by.split(", ", 1)[1], language),
        moment(second.split(", ", 1)[1], language) if second else None,
        rows[labels[4]],
    )


def _saying(cells: list[str], language: str) -> tuple[str, str]:
    answer = cells[5] if len(cells) > 4 else ""
    return cells[3], parse_answer(answer, language)
