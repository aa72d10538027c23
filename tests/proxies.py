"""A real nginx on loopback that speaks TLS in front of the service; ended by its number."""

import os
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from mesure.machine import clock
from mesure.service.http import tls

NO_NGINX = (
    "NO NGINX HERE: a proxy in front of the service was NOT tested. "
    "Install it (on Debian and Ubuntu: apt install nginx-light)."
)
STARTS_WITHIN_S = 30.0


class Proxy:
    """Where the proxy listens."""

    def __init__(self, port: int, certificate: Path) -> None:
        self.port = port
        self._tls = ssl.create_default_context(cafile=str(certificate))
        self._tls.check_hostname = False

    def ask(self, path: str, body: bytes | None = None) -> tuple[int, str]:
        """Ask for a path, or send a body there; return the status and the text of the answer."""
        request = urllib.request.Request(f"https://127.0.0.1:{self.port}{path}", body)
        try:
            with urllib.request.urlopen(request, timeout=30, context=self._tls) as answer:
                return int(answer.status), answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()


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


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    until_s = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            assert process.poll() is None, "nginx did not start"
            assert time.monotonic() < until_s, "nginx does not listen"
            time.sleep(0.05)
        else:
            return
