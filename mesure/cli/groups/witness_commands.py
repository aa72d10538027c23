"""Commands of a witness of the audit log, and of the log towards its witness."""

from pathlib import Path
from typing import Annotated

import typer

from mesure.cli import service
from mesure.cli.service import DataFolder, SettingsFile
from mesure.machine import file_writing

app = typer.Typer(
    no_args_is_help=True,
    help="Be a witness of an audit log, or ask one: new-key, request, cosign, keep.",
    epilog="Example: mesure witness request --data mesure-data --witness court.pub --out ask.txt",
    context_settings={"help_option_names": ["-h", "--help"]},
)

Witness = Annotated[
    str, typer.Option("--witness", help="The witness's public key, or a file with it.")
]


@app.command(
    "new-key", epilog="Example: mesure witness new-key --name court.example --out court.key"
)
def new_key_command(
    name: Annotated[str, typer.Option(help="Name of the witness, without spaces.")],
    out: Annotated[Path, typer.Option(help="A new file for the secret key.")],
) -> None:
    """Make the key of a witness, and print the public one to hand on."""
    import secrets

    from mesure.audit.signing import signer_keys
    from mesure.service.installation import key_files
    from mesure.service.maintenance import witness_signing

    if not signer_keys.is_name(name):
        raise typer.BadParameter("a witness has a name without spaces and plus signs.")
    key_files.make_one(out, secrets.token_bytes)
    file_writing.show(f"{witness_signing.public_key(name, out)}\n")


@app.command(
    "request", epilog="Example: mesure witness request --data DIR --witness court.pub --out ask.txt"
)
def request_command(
    witness: Witness,
    out: Annotated[Path, typer.Option(help="Write what to hand to the witness to this file.")],
    seen: Annotated[
        int | None, typer.Option(min=0, help="How many entries it has seen; known without it.")
    ] = None,
    data: DataFolder = None,
    settings: SettingsFile = None,
) -> None:
    """Write the newest checkpoint, and the proof that it takes nothing back, for a witness."""
    from mesure.audit.signing.signer_keys import KeyPurpose
    from mesure.service.maintenance import witness_signing

    by = witness_signing.read_key(witness, KeyPurpose.COSIGNATURE)
    with service.open_installation(data, settings) as instance:
        file_writing.write(out, witness_signing.request(instance, by, seen))


@app.command(
    "cosign",
    epilog="Example: mesure witness cosign ask.txt --name court.example --key court.key "
    "--log log.pub --held held.txt --out answer.txt",
)
def cosign_command(
    request: Annotated[Path, typer.Argument(help="What the log handed over.")],
    name: Annotated[str, typer.Option(help="Name of the witness.")],
    key: Annotated[Path, typer.Option(help="The file of its secret key.")],
    log: Annotated[str, typer.Option(help="The log's public key, or a file with it.")],
    held: Annotated[Path, typer.Option(help="The checkpoint that is held; written anew.")],
    out: Annotated[Path, typer.Option(help="Write the answer to this file.")],
) -> None:
    """Check that nothing was taken back since, and sign; status 1 if something was."""
    from mesure.audit.signing.signer_keys import KeyPurpose
    from mesure.instants import US_PER_S
    from mesure.machine import clock
    from mesure.service.maintenance import witness_signing

    file_writing.refuse_impossible(out)
    log_key = witness_signing.read_key(log, KeyPurpose.NOTE)
    try:
        at = clock.now_us() // US_PER_S
        answer = witness_signing.cosign(request, (name, key), log_key, held, at)
    except witness_signing.NotCosignedError as refused:
        service.say(str(refused))
        raise typer.Exit(1) from None
    file_writing.write(out, answer)


@app.command(
    "keep", epilog="Example: mesure witness keep answer.txt --data DIR --witness court.pub"
)
def keep_command(
    answer: Annotated[Path, typer.Argument(help="What the witness answered.")],
    witness: Witness,
    data: DataFolder = None,
    settings: SettingsFile = None,
) -> None:
    """Keep a witness's signature below the checkpoint that it is for."""
    from mesure.audit.signing.signer_keys import KeyPurpose
    from mesure.machine import file_loading
    from mesure.service.maintenance import witness_signing

    by = witness_signing.read_key(witness, KeyPurpose.COSIGNATURE)
    answer_data = file_loading.read_file(
        answer, "there is nothing to keep", witness_signing.FILE_BYTES_MAX
    )
    with service.open_installation(data, settings) as instance:
        size = witness_signing.keep(instance, by, answer_data.decode("utf-8", "replace"))
    file_writing.show(f"{by.name} has seen {size} entries.\n")
