"""What the page for operators says of lost keys, own tools, brokers and containers is done."""

import asyncio
import os
import re
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import aiomqtt
import pytest
import yaml

from mesure.service.installation import settings_reading
from tests.house import ROOT
from tests.ingest import brokers
from tests.ingest.brokers import Mosquitto
from tests.operators_machine import OperatorsMachine, block, sentence
from tests.store import databases
from tests.test_operator_pages import LONG, install, start

pytestmark = pytest.mark.once

FOLDERS = "install -d -m 0700 -o mesure -g mesure /backup /keys"
PUT_BACK = "install -m 0600 -o mesure -g mesure /keys/2026-11-25/keys.db /var/lib/mesure/keys/"


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[OperatorsMachine]:
    played_machine = OperatorsMachine(tmp_path)
    yield played_machine
    played_machine.close()


def test_each_file_of_keys_that_was_lost_is_put_back(machine: OperatorsMachine) -> None:
    """The service does not begin without one, makes no other in its place, and begins with it."""
    install(machine)
    start(machine)
    machine.do(sentence(FOLDERS))
    check, copy, *_ = block("Keys").splitlines()
    machine.do(copy)
    keys = machine.root / "var/lib/mesure/keys"
    for name in ("keys.db", "devices.key", "log.key"):
        was = (machine.root / "keys/2026-11-25" / name).read_bytes()
        machine.do("systemctl stop mesure")
        (keys / name).unlink()
        machine.do("systemctl start mesure", fails=True)
        assert not (keys / name).exists(), machine.journal()
        machine.do(sentence(PUT_BACK).replace("keys.db", name))
        assert (keys / name).read_bytes() == was
        machine.do("systemctl start mesure")
        assert machine.is_ready()
    assert "What is kept about each of them can be read" in machine.do(check)


@LONG
def test_what_the_servers_own_tools_kept_is_restored_with_the_keys(
    machine: OperatorsMachine,
) -> None:
    install(machine)
    with databases.run_postgres() as server:
        start(machine, f'database_url = "{server.make("operators")}"')
        machine.do(sentence(FOLDERS))
        machine.do(block("Backup and restore", 0).splitlines()[1])
        dump = machine.root / "backup/own.dump"
        server.program("pg_dump", "-Fc", "-d", machine.database(), "-f", dump)
        machine.do("cp /var/lib/mesure/keys/master.key master.key")
        machine.edit_database(server.make("restored"))
        server.program("pg_restore", "--no-owner", "-d", machine.database(), dump)
        restore = block("Backup and restore", 1)
        assert " --from /backup/2026-11-25" in restore
        machine.do(restore.replace(" --from /backup/2026-11-25", ""))
        assert machine.is_ready()
        machine.do("systemctl stop mesure")


class BrokerOfPage(Mosquitto):
    """A broker as it is shipped, with the passwords that the page had one make."""

    def config_text(self, folder: Path) -> str:
        plain = (ROOT / "deploy" / "mosquitto.conf").read_text(encoding="utf-8")
        folder_of_page = folder.parent / "machine/etc/mosquitto"
        for line, ours in (
            ("listener 1883", f"listener {self.port} 127.0.0.1"),
            ("/mosquitto/data/passwords", str(folder_of_page / "passwords")),
            ("/mosquitto/config/mosquitto.acl", str(folder_of_page / "mosquitto.acl")),
            ("/mosquitto/data/", f"{folder}/"),
        ):
            assert line in plain
            plain = plain.replace(line, ours)
        # Started by root it gives up its rights, and could not read the folder of a test.
        return f"{plain}log_dest none\n{'' if os.getuid() else 'user root'}\n"


def test_a_broker_lets_in_whom_the_page_has_one_add(
    machine: OperatorsMachine, tmp_path: Path
) -> None:
    folder = machine.root / "etc/mosquitto"
    folder.mkdir()
    (folder / "mosquitto.acl").write_text((ROOT / "deploy" / "mosquitto.acl").read_text())
    (machine.archive / "secret-of-mesure").write_text("of mesure")
    machine.stand_in("chown", "exit 0")
    *first, asks = block("MQTT").splitlines()
    machine.do("\n".join(first))
    password = "of the device"
    machine.do(f"printf '%s\\n%s\\n' '{password}' '{password}' | {asks.partition(' && ')[0]}")
    assert stat.S_IMODE((folder / "passwords").stat().st_mode) == 0o600

    async def comes_in(name: str, secret: str) -> bool:
        where = aiomqtt.Client("127.0.0.1", broker.port, username=name, password=secret)
        try:
            async with where:
                return True
        except aiomqtt.MqttError:
            return False

    (tmp_path / "broker").mkdir()
    with brokers.start_broker(tmp_path / "broker", BrokerOfPage) as broker:
        assert asyncio.run(comes_in("mesure", "of mesure"))
        assert asyncio.run(comes_in("D-7", password))
        assert not asyncio.run(comes_in("D-7", "of mesure"))
        assert not asyncio.run(comes_in("D-8", password))


def test_the_secrets_of_the_containers_are_what_the_service_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are written by the first lines of the plan, and mounted under the names it gives."""
    text = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    commands = re.findall(r"(?m)^#   (.*)$", text)
    (tmp_path / "deploy").mkdir()
    subprocess.run(["sh", "-euc", "\n".join(commands)], cwd=tmp_path, check=True)
    plan = yaml.safe_load(text)
    mounted = tmp_path / "run"
    mounted.mkdir()
    for name, secret in plan["secrets"].items():
        file = tmp_path / "deploy" / secret["file"]
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        for mount in plan["services"]["mesure"]["secrets"]:
            if mount["source"] == name:
                (mounted / mount["target"]).write_bytes(file.read_bytes())
    for name, value in plan["services"]["mesure"]["environment"].items():
        monkeypatch.setenv(name, str(mounted) if name == settings_reading.SECRETS else value)
    settings = settings_reading.load({})
    owner = (tmp_path / "deploy/secrets/owner").read_text().strip()
    assert settings.database_url is not None
    assert f"mesure:{owner}@database/mesure" in settings.database_url.get_secret_value()
    assert settings.mqtt_password is not None
    secret = (tmp_path / "deploy/secrets/mqtt").read_text().strip()
    assert settings.mqtt_password.get_secret_value() == secret
