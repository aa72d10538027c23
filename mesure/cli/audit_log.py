"""Commands for whoever watches the audit log: verify-log."""

from pathlib import Path
from typing import Annotated

import typer

from mesure.cli.options import Language, OneLanguage
from mesure.runtime import texts, writing
from mesure.runtime.patience import Stages, patience

app = typer.Typer()


@app.command(
    "verify-log",
    epilog="Example: mesure verify-log audit.log --key almaty.key --earlier kept.txt",
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
    from mesure.runtime import verify_log

    if selection and records is None:
        raise typer.BadParameter("--selection says something of --records; name them, too.")
    request = verify_log.Request(
        log, tuple(key), tuple(witness or ()), tuple(earlier or ()), records, selection, keep
    )
    stages = Stages()
    with patience(stages):
        told = verify_log.tell(request, texts.catalogue(language.value), stages)
    writing.show(told.text)
    if not told.holds:
        raise typer.Exit(1)
