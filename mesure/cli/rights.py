"""Commands for the rights of people under an order: erase, verify-bundle, export, import."""

from pathlib import Path
from typing import Annotated

import typer

from mesure.cli import service
from mesure.cli.options import Language, OneLanguage
from mesure.cli.service import DataFolder, SettingsFile
from mesure.machine import file_writing, texts
from mesure.machine.progress import ProgressStages, patience

app = typer.Typer()


@app.command("erase", epilog="Example: mesure erase --data mesure-data --dry-run")
def erase_command(
    person: Annotated[
        str | None, typer.Option(help="Only what is about this person, by the id in the order.")
    ] = None,
    everything: Annotated[
        bool,
        typer.Option("--everything", help="All about that person, now, whatever the rules say."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")
    ] = False,
    data: DataFolder = None,
    settings: SettingsFile = None,
) -> None:
    """Erase what is due by the rules of retention; a service that runs does it every day."""
    from mesure.service.maintenance import erase

    if everything and person is None:
        raise typer.BadParameter("--everything is about one person; name them with --person.")
    request = erase.EraseRequest(person, is_everything=everything, is_dry=dry_run)
    with service.use_installation(data, settings) as (instance, stages):
        stages.reach("erasing what is due")
        lines = list(erase.report_lines(erase.steps(instance, request), is_dry=dry_run))
    for line in lines:
        file_writing.show(line)


@app.command("verify-bundle", epilog="Example: mesure verify-bundle evidence.zip --key almaty.key")
def verify_bundle_command(
    file: Annotated[Path, typer.Argument(help="The evidence bundle.")],
    key: Annotated[
        str | None, typer.Option(help="Public key of the audit log, or a file with it.")
    ] = None,
    sha256: Annotated[
        str | None, typer.Option("--hash", help="The hash that the other side has.")
    ] = None,
    language: OneLanguage = Language.EN,
) -> None:
    """Check an evidence bundle without a network: signatures, proofs, and judging it again."""
    from mesure.bundle import verification_words
    from mesure.bundle import verify as verify_bundle
    from mesure.reports.bundle.bundle_manifest import BundleError
    from mesure.service.verification import verify_log

    stages = ProgressStages()
    catalogue = texts.catalogue(language.value)
    log_key = None if key is None else verify_log.log_key(key)
    data = verify_bundle.read(file)
    try:
        with patience(stages):
            stages.reach("judging the bundle again")
            report = verify_bundle.verify(data, log_key, sha256)
    except BundleError as error:
        file_writing.show(
            "".join(f"{line}\n" for line in verification_words.broken(error, catalogue))
        )
        raise typer.Exit(1) from None
    file_writing.show("".join(f"{line}\n" for line in verification_words.holds(report, catalogue)))


@app.command("export", epilog="Example: mesure export --data mesure-data --out programme")
def export_command(
    out: Annotated[Path, typer.Option(help="A new folder; anyone with it reads everything.")],
    data: DataFolder = None,
    settings: SettingsFile = None,
) -> None:
    """Hand the whole programme on in open formats, not sealed, with the keys that it signs with."""
    from mesure.service.export import export_import

    with service.use_installation(data, settings) as (instance, stages):
        stages.reach("writing the tables")
        handed = export_import.export(instance, out)
    rows = sum(handed.rows.values())
    file_writing.show(f"{rows} rows of {len(handed.rows)} tables are in {out}.\n")
    service.say(
        "Nothing in it is sealed. Hand it over by hand, and destroy it when it was taken in."
    )


@app.command("import", epilog="Example: mesure import --data new --from programme")
def import_command(
    source: Annotated[Path, typer.Option("--from", help="A folder that export wrote.")],
    data: DataFolder = None,
    settings: SettingsFile = None,
    bind_anew: Annotated[
        bool,
        typer.Option(
            "--bind-anew",
            help="Also rows that its audit log cannot show to be whole; every check says so.",
        ),
    ] = False,
) -> None:
    """Take a programme in that was handed on, held against its audit log, into a new folder."""
    from mesure.service.export import export_import

    stages = ProgressStages()
    with patience(stages):
        stages.reach("taking the tables in")
        handed = export_import.take_in(
            service.load_settings(data, settings), source, bind_anew=bind_anew
        )
    rows = sum(handed.rows.values())
    file_writing.show(f"{rows} rows of {len(handed.rows)} tables are taken in.\n")
    if bind_anew:
        service.say("They were bound anew, unheld: the audit log says so, and so does every check.")
    service.say("There is a new master key. Print it, lock it away, and destroy the export.")
