"""Commands for watching the audit log: verify-log, verify-store, export-log."""

from pathlib import Path
from typing import Annotated

import typer

from mesure.cli import service
from mesure.cli.options import Language, OneLanguage
from mesure.cli.service import DataFolder, SettingsFile
from mesure.machine import file_writing, texts
from mesure.machine.progress import ProgressStages, patience

app = typer.Typer()


@app.command(
    "verify-log", epilog="Example: mesure verify-log audit.log --key almaty.key --earlier kept.txt"
)
def verify_log_command(
    log: Annotated[Path, typer.Argument(help="The file of the log.")],
    key: Annotated[
        list[str], typer.Option(help="Public key of the log, or a file with it; again for more.")
    ],
    witness: Annotated[
        list[str] | None,
        typer.Option(help="Key of a witness that must have seen it, or a file with it."),
    ] = None,
    earlier: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint kept from before; again for more.")
    ] = None,
    records: Annotated[
        Path | None, typer.Option(help="The records with their salts, to be held against it.")
    ] = None,
    selection: Annotated[
        bool, typer.Option("--selection", help="The records are some of them: others may miss.")
    ] = False,
    keep: Annotated[
        Path | None, typer.Option(help="Write the last checkpoint there, for the next time.")
    ] = None,
    language: OneLanguage = Language.EN,
) -> None:
    """Check a whole audit log against its signatures: was anything changed, and where?"""
    from mesure.service.verification import verify_log

    if selection and records is None:
        raise typer.BadParameter("--selection says something of --records; name them, too.")
    request = verify_log.VerifyLogRequest(
        log, tuple(key), tuple(witness or ()), tuple(earlier or ()), records, selection, keep
    )
    stages = ProgressStages()
    with patience(stages):
        report = verify_log.tell(request, texts.catalogue(language.value), stages)
    file_writing.show(report.text)
    if not report.holds:
        raise typer.Exit(1)


@app.command("verify-store", epilog="Example: mesure verify-store --data mesure-data")
def verify_store_command(
    key: Annotated[
        list[str] | None, typer.Option(help="A key that the log had before; again for more.")
    ] = None,
    witness: Annotated[
        list[str] | None, typer.Option(help="Key of a witness of the log, or a file with it.")
    ] = None,
    earlier: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint kept from before; again for more.")
    ] = None,
    data: DataFolder = None,
    settings: SettingsFile = None,
    language: OneLanguage = Language.EN,
) -> None:
    """Check every row that is evidence against the audit log: was one altered, and which?"""
    from mesure.service.verification import verify_store

    request = verify_store.VerifyStoreRequest(
        tuple(key or ()), tuple(witness or ()), tuple(earlier or ())
    )
    with service.use_installation(data, settings) as (instance, stages):
        report = verify_store.tell(instance, request, texts.catalogue(language.value), stages)
    file_writing.show(report.text)
    if not report.holds:
        raise typer.Exit(1)


@app.command("export-log", epilog="Example: mesure export-log --data mesure-data --out audit.log")
def export_log_command(
    out: Annotated[Path, typer.Option(help="Write the log to this file.")],
    records: Annotated[
        Path | None, typer.Option(help="Write the records with their salts to this file.")
    ] = None,
    data: DataFolder = None,
    settings: SettingsFile = None,
) -> None:
    """Write the audit log for an outsider, who checks it with verify-log; it names nobody."""
    from mesure.service.installation import log_signing

    with service.open_installation(data, settings) as instance:
        log_signing.checkpoint(instance)
        file_writing.write(out, log_signing.lines(instance))
        if records is not None:
            file_writing.write(records, log_signing.records(instance))
        key = instance.signing.log_key(instance.settings.name)
    file_writing.show(f"{key}\n")
