"""`mesure serve` from outside: one command, ready when it says so, ended within seconds."""

import json
import os
import signal
import socket
import sqlite3
import ssl
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import NoReturn, cast

import httpx
import pytest

from mesure.cli.door import PASSING
from mesure.machine.service_error import ServiceError
from mesure.service.children import processes
from mesure.service.maintenance import erase
from mesure.service.serve import serve
from tests.service import installations, served


def refusal_reason(process: "subprocess.Popen[str]", status: int = 2) -> str:
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (status, "")
    assert "Traceback" not in err
    return err.splitlines()[-1]


def test_with_nothing_configured_it_serves_and_ends(tmp_path: Path) -> None:
    with served.run_service(tmp_path / "data") as running:
        ready = httpx.get(f"{running.url}/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "ready")
        assert all(ready.json()["checks"].values())
        assert httpx.get(f"{running.url}/healthz").status_code == 200
        assert httpx.get(running.url + running.link).status_code == 200
        again = served.start("serve", "--port", "0", "--data", str(tmp_path / "data"))
        assert f"running here already (process {running.process.pid})" in refusal_reason(
            again, PASSING
        )
        status, log = running.end()
    assert status == 0
    lines = [json.loads(line) for line in log.splitlines()]
    assert {"ready", "ending", "ended"} <= {line["event"] for line in lines}
    assert running.link.removeprefix("/set-up/") not in log


def test_ctrl_c_ends_it_and_what_was_begun_goes_on(tmp_path: Path) -> None:
    with served.run_service(tmp_path / "data") as running:
        first = running.link
        status, _ = running.end(signal.SIGINT)
    assert status == 0
    with served.run_service(tmp_path / "data") as running:
        assert running.link != first
        assert httpx.get(running.url + first).status_code != 200  # The older link is of no use.
        running.end()


def test_a_killed_service_holds_neither_folder_nor_port(tmp_path: Path) -> None:
    with served.run_service(tmp_path / "data") as running:
        running.end(signal.SIGKILL)
    with served.run_service(tmp_path / "data") as running:
        assert httpx.get(f"{running.url}/readyz").status_code == 200


def test_it_speaks_tls_with_a_certificate_of_its_own(tmp_path: Path) -> None:
    with served.run_service(tmp_path / "data", MESURE_TLS_SELF_SIGNED="true") as running:
        assert running.url.startswith("https://127.0.0.1:")
        trust = ssl.create_default_context(cafile=str(tmp_path / "data" / "self_signed.pem"))
        assert httpx.get(f"{running.url}/readyz", verify=trust).status_code == 200
        assert "for a first try only" in "".join(running.said)
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{running.url}/readyz")


def test_a_port_that_is_taken_is_a_sentence_and_nothing_is_made(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as busy_socket:
        port = str(busy_socket.getsockname()[1])
        sentence = refusal_reason(
            served.start("serve", "--port", port, "--data", str(tmp_path / "data"))
        )
    assert sentence.startswith(f"127.0.0.1:{port}: this port is taken; nothing was started;")
    assert not (tmp_path / "data").exists()


def test_assertions_are_needed(tmp_path: Path) -> None:
    line = ("serve", "--port", "0", "--data", str(tmp_path / "data"))
    assert "this Python leaves assertions out" in refusal_reason(served.start(*line, flags=("-O",)))
    serve.refuse_optimised(0)
    with pytest.raises(ServiceError):
        serve.refuse_optimised(2)


def test_a_wrong_setting_is_a_sentence(tmp_path: Path) -> None:
    process = served.start("serve", "--data", str(tmp_path / "data"), MESURE_PROT="1")
    assert refusal_reason(process).startswith("MESURE_PROT: there is no setting “prot”;")


def test_nothing_is_served_where_a_key_was_lost(tmp_path: Path) -> None:
    with served.run_service(tmp_path / "data") as running:
        running.end()
    (tmp_path / "data" / "keys" / "devices.key").unlink()
    sentence = refusal_reason(
        served.start("serve", "--port", "0", "--data", str(tmp_path / "data"))
    )
    assert "devices.key: no such file or directory" in sentence


def test_a_file_that_another_program_holds_is_waited_for(tmp_path: Path) -> None:
    """What is left of a service that was killed may still be writing."""
    data = tmp_path / "data"
    with served.run_service(data) as running:
        running.end()
    with closing(sqlite3.connect(data / "mesure.db", isolation_level=None)) as orphan:
        orphan.execute("BEGIN EXCLUSIVE")
        process = served.start("serve", "--port", "0", "--data", str(data))
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert "cannot be used now: database is locked" in line
            assert "is tried again until it is there" in line
            orphan.execute("ROLLBACK")
            status, log = served.ServiceProcess(process).end()
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()
    assert status == 0
    assert "Traceback" not in log


def judges_of(process: "subprocess.Popen[str]") -> list[int]:
    """Return the processes that judge for a service."""
    files = Path(f"/proc/{process.pid}/task").glob("*/children")
    pids = {int(pid) for file in files for pid in file.read_text().split()}
    return sorted(
        pid for pid in pids if b"judge_process" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="it is asked of /proc")
def test_a_judge_that_stands_still_is_seen(tmp_path: Path) -> None:
    with served.run_service(tmp_path / "data") as running:
        judge, *_ = judges_of(running.process)
        os.kill(judge, signal.SIGSTOP)
        try:
            checks = until_status(running.url, 503)
            assert [name for name, holds in checks.items() if not holds] == ["judges"]
        finally:
            os.kill(judge, signal.SIGCONT)
        assert all(until_status(running.url, 200).values())
        figures = httpx.get(f"{running.url}/metrics").text
        assert 'mesure_judge_lag_seconds{group="0"}' in figures
        assert 'mesure_queued{kind="record"} 0' in figures
        running.end()


def until_status(url: str, status: int) -> dict[str, bool]:
    """Wait until `/readyz` answers with a status, and return what it checks."""
    for _ in range(round(6 * processes.STANDING_S)):
        answer = httpx.get(f"{url}/readyz")
        if answer.status_code == status:
            checks: dict[str, bool] = answer.json()["checks"]
            return checks
        time.sleep(0.5)
    raise AssertionError(answer.text)


@pytest.mark.parametrize(("host", "is_warned"), [("0.0.0.0", True), ("::", True), ("::1", False)])
def test_who_listens_to_others_without_tls_is_warned(
    tmp_path: Path, host: str, is_warned: bool
) -> None:
    class Bound:
        """A port that is taken; nothing listens."""

        def getsockname(self) -> tuple[str, int]:
            return host, 8080

    lines: list[str] = []
    chosen = installations.settings(tmp_path, host=host)
    serve._front(chosen, tmp_path, cast(socket.socket, Bound()), lines.append)
    warned = [line for line in lines if "Without TLS" in line]
    assert len(warned) == is_warned
    assert all("let nobody but a proxy that speaks TLS reach port 8080" in line for line in warned)


def test_a_service_whose_part_fails_ends_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its other parts went on without a store, for ever, and nobody started it again."""

    def fail(*_: object) -> NoReturn:
        raise ZeroDivisionError

    monkeypatch.setattr(erase, "daily", fail)
    with pytest.raises(ZeroDivisionError):
        serve.serve(
            installations.settings(tmp_path, port=0),
            lambda _said: None,
            installations.end_after(serve.READY_S_MAX),
        )
