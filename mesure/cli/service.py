"""Commands that run the service and look after its data: serve, backup, restore, rejudge ..."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mesure.machine import file_writing
from mesure.machine.progress import ProgressStages, patience

if TYPE_CHECKING:
    from mesure.service.installation.installation import Installation
    from mesure.service.installation.settings import Settings

app = typer.Typer()

DataFolder = Annotated[
    Path | None, typer.Option("--data", help="Folder of the installation. Without it: mesure-data.")
]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="A file of settings, TOML or YAML.")
]


def load_settings(data: Path | None, settings: Path | None, **more: object) -> "Settings":
    """Return the settings, with what was given on the command line."""
    from mesure.service.installation import settings_reading

    return settings_reading.load({"data": data, **more}, settings)


def open_installation(
    data: Path | None, settings: Path | None
) -> AbstractContextManager["Installation"]:
    """Open the installation."""
    from mesure.service.installation import installation

    return installation.open_installation(load_settings(data, settings))


@contextmanager
def use_installation(
    data: Path | None, settings: Path | None
) -> Iterator[tuple["Installation", ProgressStages]]:
    """Open the installation, and show how far that which takes long has come."""
    stages = ProgressStages()
    with open_installation(data, settings) as instance, patience(stages):
        yield instance, stages


def say(text: str) -> None:
    """Print something that is no result, for the reader at the terminal."""
    typer.echo(text, err=True)


def show(line: str) -> None:
    """Write a line of the result."""
    file_writing.show(line + "\n")


@app.command("serve", epilog="Example: mesure serve --port 8080 --data mesure-data")
def serve_command(
    host: Annotated[str | None, typer.Option(help="Address to listen on: 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on: 8080.")] = None,
    cluster: Annotated[
        bool | None,
        typer.Option("--cluster", help="Serve beside other services over one PostgreSQL."),
    ] = None,
    data: DataFolder = None,
    settings: SettingsFile = None,
) -> None:
    """Run the service: devices report, incidents arrive, people sign in. Ctrl-C ends it."""
    from mesure.service.serve import serve

    serve.serve(load_settings(data, settings, host=host, port=port, cluster=cluster), show)


@app.command("upgrade", epilog="Example: mesure upgrade --data mesure-data")
def upgrade_command(data: DataFolder = None, settings: SettingsFile = None) -> None:
    """Bring the data to the schema of this version, with a backup first; serve does the same."""
    from mesure.machine import clock
    from mesure.service.installation import data_folder, installation, stores
    from mesure.service.maintenance import upgrade
    from mesure.service.serve import failover

    chosen = load_settings(data, settings)
    folder = installation.folder_of(chosen)
    if not folder.path.exists() and stores.schema_found(chosen, folder) is None:
        raise installation.no_data(folder)  # And leave nothing behind.
    folder.make()
    with data_folder.hold_folder(folder), failover.hold_beginning(chosen, say):
        installation.refuse_unfinished(folder)
        if stores.schema_found(chosen, folder) is None:
            raise installation.no_data(folder)
        saved = upgrade.upgrade(chosen, folder, clock.now())
    if saved is None:
        file_writing.show("The data has the schema of this version.\n")
    else:
        file_writing.show(
            f"The data was brought to the schema of this version. Before it: {saved}\n"
        )


@app.command("backup", epilog="Example: mesure backup --data mesure-data --out /backup/2026-11-25")
def backup_command(
    out: Annotated[Path, typer.Option(help="A new folder for the backup.")],
    data: DataFolder = None,
    settings: SettingsFile = None,
) -> None:
    """Back up the data as it is at one moment, also while the service runs; without any key."""
    from mesure.machine import clock
    from mesure.service.maintenance import database_backup

    with open_installation(data, settings) as instance:
        paths = database_backup.data(instance, out, clock.now())
    file_writing.show("".join(f"{path}\n" for path in paths))
    say("No key is in it. Back up the keys to another place: mesure keys backup")


@app.command(
    "restore",
    epilog="Example: mesure restore --data new --from /backup/2026-11-25 --keys /keys/2026-11-25",
)
def restore_command(
    data: DataFolder = None,
    source: Annotated[
        Path | None,
        typer.Option("--from", help="A backup of the data; for PostgreSQL into an empty database."),
    ] = None,
    keys: Annotated[
        Path | None, typer.Option(help="A backup of the keys, if they are lost, too.")
    ] = None,
    settings: SettingsFile = None,
) -> None:
    """Restore backups into a new folder, and erase again everyone who was erased since."""
    from mesure.service.maintenance import restore

    done = restore.restore(load_settings(data, settings), source, keys)
    when = "" if done.made_at is None else f" as it was at {done.made_at}"
    file_writing.show(
        f"The data is restored{when}. Erased again: {len(done.erased_again)} persons.\n"
    )
    if done.without_key:
        names = ", ".join(done.without_key)
        say(f"There is no key for {names}: the keys are older than the data. Enrol them anew.")


@app.command("accept-older", epilog="Example: mesure accept-older --data mesure-data")
def accept_older_command(data: DataFolder = None, settings: SettingsFile = None) -> None:
    """Go on with data that is older than what was signed last; it is entered in the audit log."""
    from mesure.service.installation import data_folder, installation, last_checkpoint, log_signing

    chosen = load_settings(data, settings)
    with (
        data_folder.hold_folder(installation.folder_of(chosen)),
        installation.open_installation(chosen) as instance,
    ):
        was_older = last_checkpoint.accept(instance)
        log_signing.checkpoint(instance)
    file_writing.show(
        "The data is accepted as it is, and the audit log says so. Tell the witnesses.\n"
        if was_older
        else "The data goes on from what was signed last. Nothing had to be accepted.\n"
    )


@app.command("rejudge", epilog="Example: mesure rejudge --data mesure-data")
def rejudge_command(
    data: DataFolder = None,
    person: Annotated[
        list[str] | None, typer.Option(help="Only this person; again for more.")
    ] = None,
    settings: SettingsFile = None,
) -> None:
    """Judge again what was stored, and hold it against what is kept; status 1 if it differs."""
    from mesure.service.maintenance import rejudge

    with use_installation(data, settings) as (instance, stages):
        outcome = rejudge.rejudge(instance, stages, person)
    file_writing.show(rejudge.result_text(outcome))
    if not outcome.holds:
        raise typer.Exit(1)
