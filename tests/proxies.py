"""Real proxies on loopback before the service, nginx and HAProxy; ended by their numbers."""

import csv
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from mesure.machine import clock
from mesure.service.http import tls
from tests.house import ROOT

NO_NGINX = (
    "NO NGINX HERE: a proxy in front of the service was NOT tested. "
    "Install it (on Debian and Ubuntu: apt install nginx-light)."
)
NO_HAPROXY = (
    "NO HAPROXY HERE: a proxy in front of several nodes was NOT tested. "
    "Install it (on Debian and Ubuntu: apt install haproxy)."
)
STARTS_WITHIN_S = 30.0


class Proxy:
    """Where the proxy listens."""

    def __init__(self, port: int, certificate: Path, stats_port: int | None = None) -> None:
        self.port, self._stats_port = port, stats_port
        self.context = ssl.create_default_context(cafile=str(certificate))
        self.context.check_hostname = False

    def ask(self, path: str, body: bytes | None = None) -> tuple[int, str]:
        """Ask for a path, or send a body there; return the status and the text of the answer."""
        request = urllib.request.Request(f"https://127.0.0.1:{self.port}{path}", body)
        try:
            with urllib.request.urlopen(request, timeout=30, context=self.context) as answer:
                return int(answer.status), answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def count_servers_up(self) -> int:
        """Return how many servers HAProxy takes to be up, each once for every backend."""
        assert self._stats_port is not None, "HAProxy alone says that"
        with socket.create_connection(("127.0.0.1", self._stats_port), 5) as asking:
            asking.sendall(b"show stat\n")
            lines = asking.makefile().read().removeprefix("# ").splitlines()
        rows = csv.DictReader(lines)
        return sum(row["svname"].startswith("node") and row["status"] == "UP" for row in rows)


@contextmanager
def nginx(folder: Path, behind: int, lines: str) -> Iterator[Proxy]:
    """Run nginx before a port, with the lines that a page gives for its server."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip(NO_NGINX)
    certificate, key = tls.self_signed(folder, "127.0.0.1", clock.now())
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = int(free.getsockname()[1])
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    bodies = "".join(f"{kind}_temp_path {folder};" for kind in kinds)
    # Started by root, its workers would be somebody who cannot write into the folder of a test.
    user = "user root;" if os.getuid() == 0 else ""
    settings = folder / "nginx.conf"
    settings.write_text(
        f"{user} daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\nevents {{}}\n"
        f"http {{ access_log off; {bodies}\nserver {{ listen 127.0.0.1:{port} ssl;\n"
        f"ssl_certificate {certificate}; ssl_certificate_key {key};\n{lines}\n"
        f"location / {{ proxy_pass http://127.0.0.1:{behind}; }} }} }}\n"
    )
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(settings)])
    try:
        _wait(process, port)
        yield Proxy(port, certificate)
    finally:
        process.terminate()
        process.wait(10)


def haproxy_program() -> str | None:
    """Return HAProxy's program, where it is installed."""
    return shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin")


@contextmanager
def haproxy(folder: Path, nodes: Sequence[int], *, speaks_tls: bool = True) -> Iterator[Proxy]:
    """Run HAProxy as deploy/haproxy.cfg has it before nodes on these ports of this machine."""
    program = haproxy_program()
    if program is None:
        pytest.skip(NO_HAPROXY)
    certificate, key = tls.self_signed(folder, "127.0.0.1", clock.now())
    pair = folder / "mesure.pem"
    pair.write_bytes(certificate.read_bytes() + key.read_bytes())
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as free,
        closing(socket.create_server(("127.0.0.1", 0))) as other,
    ):
        port, stats_port = (int(listener.getsockname()[1]) for listener in (free, other))
    text = (ROOT / "deploy" / "haproxy.cfg").read_text(encoding="utf-8")
    servers = "".join(f"    server node{n} 127.0.0.1:{at}\n" for n, at in enumerate(nodes))
    text, count = re.subn(r"(    server node\d .*\n)+", servers, text)
    assert count == 2, "one list of nodes for devices and one for pages"
    bind = f"bind 127.0.0.1:{port} ssl crt {pair}" if speaks_tls else f"bind 127.0.0.1:{port} #"
    text, count = re.subn(r"bind :443 ssl crt /etc/haproxy/mesure.pem", bind, text)
    assert count == 1, "one place where it listens"
    socket_line = f"global\n    stats socket ipv4@127.0.0.1:{stats_port} level user\n"
    text = text.replace("global\n", socket_line, 1)
    settings = folder / "haproxy.cfg"
    settings.write_text(text)
    process = subprocess.Popen([program, "-f", str(settings)], stderr=subprocess.DEVNULL)
    try:
        _wait(process, port)
        yield Proxy(port, certificate, stats_port)
    finally:
        process.terminate()
        process.wait(10)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    until_s = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            assert process.poll() is None, "the proxy did not start"
            assert time.monotonic() < until_s, "the proxy does not listen"
            time.sleep(0.05)
        else:
            return
