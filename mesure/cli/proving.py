"""Commands that show how well it works: simulate, score, demo."""

from pathlib import Path
from typing import Annotated

import typer

from mesure.cli import options, service
from mesure.cli.options import FiguresFormat, OutputFormat, ResultFile, ResultFormat
from mesure.machine import file_writing
from mesure.machine.progress import ProgressStages, patience

app = typer.Typer()


@app.command("simulate", epilog="Example: mesure simulate --seed 1 --persons 30 --days 7")
def simulate_command(
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")],
    whole: Annotated[
        bool, typer.Option("--whole", help="Live the whole service instead, with faults.")
    ] = False,
    seeds: Annotated[int, typer.Option(help="With --whole: how many seeds, from this one on.")] = 1,
    only: Annotated[
        str, typer.Option(help="With --whole: only these events of the seed, with commas between.")
    ] = "",
    shrink: Annotated[
        bool, typer.Option("--shrink", help="With --whole: cut what breaks to the fewest events.")
    ] = False,
    server: Annotated[
        str,
        typer.Option("--store", help="With --whole: a server of PostgreSQL, for a database each."),
    ] = "",
    persons: Annotated[int, typer.Option(help="How many persons live in the town.")] = 60,
    days: Annotated[int, typer.Option(help="How many days are simulated.")] = 14,
    out: Annotated[
        Path | None,
        typer.Option(help="Write each person's order, fixes and truth below this folder."),
    ] = None,
    asking: Annotated[
        bool, typer.Option("--asking", help="Devices answer when the judge is in doubt.")
    ] = False,
    form: Annotated[
        FiguresFormat, typer.Option("--format", help="How to write it.")
    ] = FiguresFormat.TEXT,
) -> None:
    """Simulate a town, judge everybody in it, and say how well that went."""
    if whole:
        _live_whole(range(seed, seed + seeds), only, server, is_to_shrink=shrink)
        return
    from mesure_lab.simulation import simulate
    from mesure_lab.simulation.towns import Town

    stages = ProgressStages()
    plan = Town(seed, persons=persons, days=days)
    try:
        with patience(stages):
            report = simulate.report(plan, form.value, out, stages, is_asked=asking)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    file_writing.show(report)


def _live_whole(seeds: range, only: str, server: str, *, is_to_shrink: bool) -> None:
    """Live seeds through the whole service; status 1 where an invariant is broken."""
    from mesure_lab.whole.search import seed_search, whole_text

    try:
        numbers = frozenset(int(number) for number in only.split(",")) if only else None
    except ValueError:
        raise typer.BadParameter("--only takes numbers of events, with commas between") from None
    results = (seed_search.try_seed(seed, numbers, server) for seed in seeds)
    for result in results:
        file_writing.show(whole_text.line(result))
        if not result.holds:
            file_writing.show("".join(whole_text.story(result)))
            if is_to_shrink:
                tell = lambda count: typer.echo(f"{count} events", err=True)  # noqa: E731
                numbers_needed = seed_search.shrink(result, tell)
                file_writing.show("".join(whole_text.cut(result.seed, numbers_needed)))
            raise typer.Exit(1)


@app.command("score", epilog="Example: mesure score --traces data/dev --rules mesure,point_state")
def score_command(
    traces: Annotated[
        Path, typer.Option(help="A folder of real traces with their truth, or a simulated town.")
    ],
    rules: Annotated[
        str, typer.Option(help="Rules by name, with commas between; mesure is the judge.")
    ] = "all",
    radius_m: Annotated[
        list[str] | None,
        typer.Option(help="Radius of the circle; again, or with commas, for more: 50,100,200."),
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Run each baseline once without our ingest as well.")
    ] = False,
    throughput: Annotated[
        bool, typer.Option("--throughput", help="Time each rule; then no two runs are the same.")
    ] = False,
    form: ResultFormat = OutputFormat.TEXT,
    out: ResultFile = None,
) -> None:
    """Hold the judge and every baseline against real traces: false incidents, delay, misses."""
    from mesure_lab.scoring import score_report

    options.refuse_page_without_file(form, out)
    stages = ProgressStages()
    try:
        with patience(stages):
            request = score_report.ScoreRequest(
                traces, rules, score_report.radii(radius_m or ()), raw, throughput
            )
            report = score_report.report(request, form.value, stages)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if out is None:
        file_writing.show(report)
    else:
        file_writing.write(out, report.encode())


@app.command(epilog="Example: mesure demo --once")
def demo(
    report: Annotated[
        bool, typer.Option("--report", help="Judge a fortnight from files, and show the report.")
    ] = False,
    out: Annotated[Path, typer.Option(help="With --report: the folder to write to.")] = Path(
        "demo"
    ),
    seed: Annotated[int, typer.Option(help="Another seed, other hours and errors.")] = 1,
    persons: Annotated[
        int, typer.Option(min=2, max=2_000, help="How many people live in the town.")
    ] = 200,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65_535, help="Port to listen on. Without it: 8080, or any that is free."
        ),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", envvar="ONCE", help="End when the job has been seen to work.")
    ] = False,
) -> None:
    """Run the service with a simulated town that reports live, until Ctrl-C."""
    if report:
        from mesure_lab.demonstration import demo_run

        demo_run.run(out, seed, once=once)
        return
    from mesure_lab.demonstration import live_demo

    is_seen = once or not live_demo.is_watched()
    live_demo.run(seed, persons, service.show, port=port, once=is_seen)
