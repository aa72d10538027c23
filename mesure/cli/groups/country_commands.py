"""Commands for a whole country: archive its trails, and judge everybody again."""

from pathlib import Path
from typing import Annotated

import typer

from mesure.cli import options, service
from mesure.cli.service import DataFolder, SettingsFile
from mesure.machine import file_writing
from mesure.machine.progress import ProgressStages, patience

app = typer.Typer(help="Trails archived, and everybody judged again under another policy.")


@app.command("archive", epilog="Example: mesure country archive --data mesure-data")
def archive_command(data: DataFolder = None, settings: SettingsFile = None) -> None:
    """Bring the archive of trails up to date now; a service that runs does it every day."""
    from mesure.machine.service_error import ServiceError
    from mesure.service.archive import trail_archive

    with service.use_installation(data, settings) as (instance, stages):
        if trail_archive.folder_of(instance) is None:
            what, why = "no folder is named", "nothing was archived"
            remedy = "name one in the setting “archive”, on a disk of its own"
            raise ServiceError("archive", what, why, remedy)
        stages.reach("archiving trails")
        change = trail_archive.sync(instance, reach=stages.advance, opens_all=True)
    file_writing.show(
        f"The archive is up to date: {change.written:,} files were written, "
        f"{change.removed:,} taken away.\n"
    )
    if change.unreadable:
        file_writing.show(trail_archive.shut_text(change.unreadable) + "\n")
        raise typer.Exit(1)


@app.command(
    "rejudge",
    epilog="Example: mesure country rejudge --policy new.yaml --from 2026-10-01T00:00:00+05:00 "
    "--until 2026-11-01T00:00:00+05:00 --out october",
)
def rejudge_command(
    policy: Annotated[Path, typer.Option(help="A policy file with the thresholds that differ.")],
    since: Annotated[str, typer.Option("--from", help="From then on what is said is compared.")],
    until: Annotated[str, typer.Option(help="Until then what is said is compared.")],
    out: Annotated[
        Path, typer.Option(help="Folder of the run: a new one, or one that is gone on with.")
    ],
    processes: Annotated[
        int | None,
        typer.Option(min=1, max=256, help="Processes that judge. Without it: one a processor."),
    ] = None,
    spark: Annotated[
        bool, typer.Option("--spark", help="Have Spark schedule it, on this machine or others.")
    ] = False,
    master: Annotated[
        str | None, typer.Option(help="Address of the Spark; without it: one of this machine.")
    ] = None,
    show: Annotated[
        int, typer.Option(min=0, help="For how many persons to say what would change.")
    ] = 20,
    data: DataFolder = None,
    settings: SettingsFile = None,
) -> None:
    """Judge everybody again under another policy, from the archive; nothing is changed."""
    from mesure.machine import clock
    from mesure.service.country import policy_differences, rejudge_plan, rejudge_run
    from mesure.service.country.rejudge_plan import WorkerSetup
    from mesure.service.installation import installation

    if master is not None and not spark:
        raise typer.BadParameter("--master is the address of a Spark; add --spark.")
    span = options.instant(since, "--from"), options.instant(until, "--until")
    workforce = rejudge_run.workforce(processes, spark, master)
    chosen, stages = service.load_settings(data, settings), ProgressStages()
    # Executors begin in folders of their own.
    out, setup = out.resolve(), WorkerSetup(chosen.data.resolve(), settings and settings.resolve())
    with installation.open_installation(chosen) as instance, patience(stages):
        rejudge_plan.begin(instance, policy, span, out, clock.now())
        outcome = rejudge_run.run(instance, setup, out, workforce, stages)
    file_writing.show(policy_differences.report_text(outcome, show))
    if outcome.unreadable or outcome.shut:
        raise typer.Exit(1)


@app.command("judge", epilog="Example: mesure country judge --master spark://10.1.0.5:7077")
def judge_command(
    master: Annotated[
        str | None, typer.Option(help="Address of the Spark; without it: one of this machine.")
    ] = None,
    slices: Annotated[
        int | None,
        typer.Option(min=1, max=256, help="Parts that are dealt out. Without it: one a core."),
    ] = None,
    turn: Annotated[
        float,
        typer.Option(min=0.0, max=86_400.0, help="Seconds for which a part is judged at a time."),
    ] = 600.0,
    data: DataFolder = None,
    settings: SettingsFile = None,
) -> None:
    """Judge live by the executors of a Spark, in place of the service that leads, until ended."""
    from mesure.service.country.rejudge_plan import WorkerSetup
    from mesure.service.country.streaming import live_run
    from mesure.service.country.streaming.live_run import LiveOptions
    from mesure.service.installation import installation

    chosen = service.load_settings(data, settings)
    setup = WorkerSetup(chosen.data.resolve(), settings and settings.resolve())
    options = LiveOptions(master or live_run.local_master(), slices, turn)
    with installation.open_installation(chosen) as instance, live_run.end_in_order():
        live_run.run(instance, setup, options, lambda line: file_writing.show(line + "\n"))
