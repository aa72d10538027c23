"""The work of `mesure score`: rules on real traces or a town, as text, an object or a page.

Raises `FixesError` for a folder that cannot be scored, and `ValueError`, with a sentence, for an
unknown rule or an impossible circle.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mesure.formats.columns.file_faults import excerpt
from mesure.machine.progress import ProgressStages
from mesure.record.policy_loading import read_policy
from mesure_lab.scoring import (
    score_folder,
    score_json,
    score_page,
    score_rules,
    score_run,
    score_text,
    score_town,
    score_town_report,
)
from mesure_lab.scoring.score_run import Scored

RADII_M: Final = (50.0, 100.0, 200.0)
RADIUS_M_MAX: Final = 50_000.0
ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """What to score: a folder, rules by name, circles, and whether raw and timed as well."""

    folder: Path
    rules: str = ALL
    radii_m: tuple[float, ...] = RADII_M
    raw: bool = False
    throughput: bool = False


def report(request: ScoreRequest, form: str, stages: ProgressStages) -> str:
    """Score what was asked for, and return it as "text", "json" or "html"."""
    if score_town.is_town(request.folder):
        town = score_town.score(request.folder, rule_names(request.rules), stages)
        stages.reach("writing the result")
        return score_town_report.render(town, form)
    result = score_traces(request, stages)
    stages.reach("writing the result")
    return render(result, form)


def score_traces(request: ScoreRequest, stages: ProgressStages) -> Scored:
    """Score rules on real traces."""
    names = rule_names(request.rules)
    radii_m = tuple(sorted(set(request.radii_m))) or RADII_M
    for radius_m in radii_m:
        if not 0.0 < radius_m <= RADIUS_M_MAX:
            raise ValueError(
                f"A circle has a radius of more than 0 m up to 50 km, not {radius_m:g}."
            )
    policy = read_policy(None)[0]
    inputs = score_folder.find(request.folder, radii_m, stages)
    return score_run.run(
        inputs, names, radii_m, policy, stages, raw=request.raw, throughput=request.throughput
    )


def radii(texts: Sequence[str]) -> tuple[float, ...]:
    """Return the radii that are asked for; one text may name several.

    >>> radii(["50,100", "30 m"]), radii([])
    ((50.0, 100.0, 30.0), (50.0, 100.0, 200.0))
    """
    words = [word for text in texts for word in text.replace(",", " ").split() if word != "m"]
    try:
        return tuple(float(word) for word in words) or RADII_M
    except ValueError:
        raise ValueError(
            f"A radius is a number of metres, not {excerpt(' '.join(words))}."
        ) from None


def rule_names(text: str) -> tuple[str, ...]:
    """Return the rules that a list names, each once, in our order.

    >>> rule_names("twice, mesure")
    ('mesure', 'twice')
    """
    wanted = {part.strip() for part in text.split(",") if part.strip()}
    if wanted in ({ALL}, set()):
        return score_rules.NAMES
    unknown = sorted(wanted - {*score_rules.NAMES, ALL})
    if unknown:
        raise ValueError(
            f"There is no rule {excerpt(unknown[0])}; there are {', '.join(score_rules.NAMES)}."
        )
    return tuple(name for name in score_rules.NAMES if name in wanted or ALL in wanted)


def render(result: Scored, form: str) -> str:
    """Return what was scored as "text", "json" or "html"."""
    if form == "json":
        return score_json.to_json(result)
    return score_page.page(result) if form == "html" else score_text.text(result)
