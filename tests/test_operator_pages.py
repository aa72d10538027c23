"""The page for operators is done as it is written: installed, kept, restored, upgraded."""

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from mesure.store.schema import versions as schema_versions
from tests import proxies
from tests.house import ROOT
from tests.ingest import brokers
from tests.operators_machine import OperatorsMachine, block, sentence, source_of
from tests.store import databases

pytestmark = pytest.mark.once

# The last one of the schema before this one's, and of the release before.
BEFORE = {"an older schema": "19707fb^", "the release before": "fb80b38"}


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[OperatorsMachine]:
    machine = OperatorsMachine(tmp_path)
    yield machine
    machine.close()


def install(
    machine: OperatorsMachine, version: str = "mesure-1", source: Path | None = None
) -> None:
    """Install a program, and everything of the service but its start."""
    machine.carry(version, source)
    commands = block("Without a network").replace("tar xf mesure-*.tar && cd mesure-*/ && ", "")
    machine.do(commands)
    machine.do(block("As a service", 0))


def start(machine: OperatorsMachine, more: str = "") -> None:
    machine.edit(more)
    output = machine.do(block("As a service", 1))
    assert re.search(r"/set-up/\S+", output), "the link for the first account"
    assert machine.is_ready()


def test_the_service_is_installed_kept_and_restored_as_the_page_says(
    machine: OperatorsMachine,
) -> None:
    install(machine)
    output = machine.do(block("As a service", 1), fails=True) + machine.journal()
    assert "the name is still mesure.example.kz, that of the example" in output
    start(machine)
    output = machine.do("mesure keys check --data /var/lib/mesure", fails=True)
    assert "the log of this data is called 'probation.example.org'" in output
    assert "the keys fit; name the settings of the service with --settings FILE" in output
    assert "restore the keys" not in output
    live(machine)


def live(machine: OperatorsMachine) -> None:
    """Look after the data, lose it, and restore it, by the commands of the page."""
    machine.do(sentence("install -d -m 0700 -o mesure -g mesure /backup /keys"))
    let_in = sentence('mesurectl accounts let-in --name "Aigerim"')
    assert "'Aigerim' names no account" in machine.do(let_in, fails=True)
    link = machine.do(let_in.replace("Aigerim", "First supervisor"))
    assert re.search(r"https://\S+/set-up/\S+", link)
    check, copy, drill, rotate = block("Keys").splitlines()
    rotated = machine.do(rotate)
    assert "start the service again" in rotated
    machine.do("systemctl stop mesure")
    machine.do("systemctl start mesure")
    assert machine.is_ready()
    machine.do(block("Backup and restore", 0))
    machine.do(f"rm -r /keys/*\n{copy}\n{drill}\n{check}")
    watch_log(machine)
    again = machine.do(sentence("mesurectl rejudge"))
    assert "What is kept is what comes of what was stored" in again
    machine.do("cp /var/lib/mesure/keys/master.key master.key")
    machine.do(block("Backup and restore", 1))
    assert machine.is_ready()


def watch_log(machine: OperatorsMachine) -> None:
    """Hand the log to a watcher, and have a witness sign it, twice."""
    for line in block("The audit log and its witnesses", 0).splitlines():
        machine.do(line)
    machine.do(block("The audit log and its witnesses", 1))
    witness = block("The audit log and its witnesses", 2).splitlines()
    machine.do("\n".join(witness))
    machine.do("\n".join(witness[1:]))
    store = block("The audit log and its witnesses", 1).strip()
    assert "holds" in machine.do(f"{store} --witness court.pub")


LONG = pytest.mark.skipif("LONG" not in os.environ, reason="it takes minutes: make long")


@pytest.mark.parametrize(
    "which", ["an older schema", pytest.param("the release before", marks=LONG)]
)
def test_it_is_upgraded_and_there_is_a_way_back(
    machine: OperatorsMachine, tmp_path: Path, which: str
) -> None:
    source = source_of(BEFORE[which], tmp_path)
    if source is None:
        pytest.skip("the history is not here")
    install(machine, "mesure-1", source)
    start(machine)
    was_migrated = upgrade_and_go_back(machine)
    assert was_migrated is (which == "an older schema")


def upgrade_and_go_back(
    machine: OperatorsMachine, source: Path | None = None, database: Callable[[], str] | None = None
) -> bool:
    """Upgrade to the next program and go back to the first; tell whether the store was migrated.

    `source`: of the next one, where that is not this one; `database`: makes a new and empty one in
    PostgreSQL, which the page has one name before going back.
    """
    machine.carry("mesure-2", source)
    was_migrated = "Before it:" in machine.do(block("Upgrade", 0))
    assert machine.is_ready()
    assert machine.ran()[-2:] == ["mesure-2 upgrade", "mesure-2 serve"]
    back = block("The way back")
    if was_migrated and database is not None:
        machine.edit_database(database())
    if not was_migrated:
        back = "\n".join(back.splitlines()[i] for i in (0, 1, -1))
    machine.do(back)
    assert machine.is_ready()
    assert machine.ran()[-1] == "mesure-1 serve"
    return was_migrated


# --- With what a larger office has, and from the archive that is handed on -----------------------


@pytest.fixture
def beside(tmp_path: Path, postgres_server: databases.PostgresServer) -> Iterator[str]:
    """Yield settings for a PostgreSQL server and a broker that run."""
    (tmp_path / "broker").mkdir()
    with brokers.run_mosquitto(tmp_path / "broker") as broker:
        database = postgres_server.make("operators")
        yield f'database_url = "{database}"\nmqtt_host = "127.0.0.1"\nmqtt_port = {broker.port}\n'


@LONG
def test_what_lies_in_postgresql_is_kept_restored_and_taken_back(
    machine: OperatorsMachine, postgres_server: databases.PostgresServer, tmp_path: Path
) -> None:
    """As with the embedded store, into a new and empty database that the settings name."""
    install(machine, "mesure-1", source_of(BEFORE["the release before"], tmp_path))
    start(machine, f'database_url = "{postgres_server.make("operators")}"')
    machine.do(sentence("install -d -m 0700 -o mesure -g mesure /backup /keys"))
    machine.do(block("Backup and restore", 0))
    machine.do("cp /var/lib/mesure/keys/master.key master.key")
    machine.edit_database(postgres_server.make("restored"))
    machine.do(block("Backup and restore", 1))
    assert machine.is_ready()
    assert not upgrade_and_go_back(machine)  # Of a release that migrates, the backup is restored.


NEXT_SCHEMA = """\"\"\"Index of a schema that does not exist yet.\"\"\"

from alembic import op

revision, down_revision = "9999", "{newest}"
branch_labels = depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX refused_for ON quarantine (reason)")


def downgrade() -> None:
    op.execute("DROP INDEX refused_for")
"""


def next_source(folder: Path) -> Path:
    """Return the source of a release to come: this one, and a migration more."""
    shutil.copytree(ROOT / "mesure", folder / "next/mesure")
    versions = folder / "next/mesure/store/schema/migrations/versions"
    migration = NEXT_SCHEMA.format(newest=schema_versions.newest())
    (versions / "v9999_next.py").write_text(migration)
    return folder / "next"


def test_what_lies_in_postgresql_is_migrated_and_there_is_a_way_back(
    machine: OperatorsMachine, postgres_server: databases.PostgresServer, tmp_path: Path
) -> None:
    """By the release that is to come: none that is older restores into PostgreSQL."""
    install(machine)
    start(machine, f'database_url = "{postgres_server.make("migrated")}"')
    before = log_of(machine)
    assert before
    newer = next_source(tmp_path)
    assert upgrade_and_go_back(machine, newer, lambda: postgres_server.make("taken_back"))
    assert log_of(machine)[: len(before)] == before
    let_in = sentence('mesurectl accounts let-in --name "Aigerim"')
    link = machine.do(let_in.replace("Aigerim", "First supervisor"))
    assert re.search(r"https://\S+/set-up/\S+", link), "it works with what was restored"
    assert upgrade_and_go_back(machine, newer, lambda: postgres_server.make("taken_back_again"))


def log_of(machine: OperatorsMachine) -> list[tuple[int, bytes]]:
    """Return the entries of the audit log in the database that the settings name."""
    with psycopg.connect(machine.database()) as connection:
        rows = connection.execute("SELECT entry, line FROM audit_entry ORDER BY entry").fetchall()
    return [(int(entry), bytes(line)) for entry, line in rows]


def test_a_program_in_the_place_of_an_older_page_is_moved(machine: OperatorsMachine) -> None:
    install(machine)
    machine.do("rm /opt/mesure; mv /opt/mesure-1 /opt/mesure")
    start(machine)
    machine.do("systemctl stop mesure")
    program = machine.root / "opt/mesure/bin/mesure"
    lines = program.read_text().splitlines()[1:]
    program.write_text("\n".join([machine.here("#!/opt/mesure/bin/python"), *lines]))
    machine.do(block("Upgrade", 1))
    moved = (machine.root / "opt/mesure-1/bin/mesure").read_text().splitlines()
    assert moved == [machine.here("#!/opt/mesure-1/bin/python"), *lines]


def test_nginx_in_front_lets_by_what_the_page_says(
    machine: OperatorsMachine, tmp_path: Path
) -> None:
    install(machine)
    start(machine)
    own = f"http://127.0.0.1:{machine.port}"
    [link] = re.findall(r"/set-up/\S+", machine.journal())
    body = bytes(5 << 20)
    size, *others = block("TLS").splitlines()
    with proxies.nginx(tmp_path, machine.port, "\n".join(others)) as proxy:
        assert "nginx" in proxy.ask("/api/v1/orders", body)[1]  # It passes no such body.
    with proxies.nginx(tmp_path, machine.port, "\n".join([size, *others])) as proxy:
        assert proxy.ask(link)[0] == 200
        assert "nginx" not in proxy.ask("/api/v1/orders", body)[1]
        with urllib.request.urlopen(f"{own}/metrics", timeout=10) as answer:
            assert answer.status == 200
        assert proxy.ask("/metrics")[0] == 404  # It sees that somebody else asks.


@LONG
def test_upgrading_without_the_settings_makes_no_empty_store(
    machine: OperatorsMachine, beside: str
) -> None:
    install(machine)
    start(machine, beside)
    machine.do("systemctl stop mesure")
    machine.do("mesurectl upgrade")
    output = machine.do("mesure upgrade --data /var/lib/mesure", fails=True)
    assert "there are keys here and no embedded store" in output
    assert "the data may lie in PostgreSQL: name the settings" in output
    assert not (machine.root / "var/lib/mesure/mesure.db").exists()
    machine.do("systemctl start mesure")
    assert machine.is_ready()


@LONG
def test_the_archive_that_is_handed_on_is_installed_and_serves(
    machine: OperatorsMachine, tmp_path: Path
) -> None:
    subprocess.run(
        [sys.executable, "-m", "tools.install_archive", "--out", str(tmp_path / "dist")],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    [archive_path] = (tmp_path / "dist").glob("mesure-*.tar")
    shutil.rmtree(machine.archive)
    machine.archive.mkdir()
    shutil.copy(archive_path, machine.archive)
    lines = block("Without a network").splitlines()
    python = f"PYTHON={sys.executable} "
    machine.do(lines[0].replace("./install.sh", f"{python}./install.sh") + "\n" + lines[1])
    [inside] = (one for one in machine.archive.iterdir() if one.is_dir())
    for name in ("mesurectl", "mesure.service", "mesure.toml.example"):
        (inside / name).write_text(machine.here((inside / name).read_text()))
    machine.archive = inside
    machine.do(block("As a service", 0))
    start(machine)
    live(machine)
