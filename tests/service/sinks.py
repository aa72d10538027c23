"""Real receivers on loopback, each on a port of its own: a mail server, and a web server."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class MailSink:
    """What a mail server was handed; `refuses` are answers by the address they are for."""

    farewell: str = "221 bye"

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)


class _Mail(socketserver.StreamRequestHandler):
    """Enough of SMTP (RFC 5321) to take letters."""

    def handle(self) -> None:
        with suppress(ConnectionError):  # A client that wanted TLS goes away.
            self._converse()

    def _converse(self) -> None:
        self._say("220 sink")
        while line := self.rfile.readline():
            command = line.decode(errors="replace").strip()
            verb = command.upper()
            if verb.startswith("EHLO"):
                self._say("250-sink\r\n250 SMTPUTF8")
            elif verb.startswith("RCPT"):
                address = command.partition("<")[2].partition(">")[0]
                self._say(self.sink.refuses.get(address, "250 well"))
            elif verb == "DATA":
                self._take()
            elif verb == "QUIT":
                self._say(self.sink.farewell)
                return
            else:
                self._say("250 well")

    @property
    def sink(self) -> MailSink:
        return self.server.sink  # type: ignore[attr-defined, no-any-return]

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def _take(self) -> None:
        self._say("354 go on")
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        letter = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.sink.letters.append(letter)
        self._say("250 well")


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    sink = MailSink()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Mail) as server:
        server.daemon_threads = True
        server.sink = sink  # type: ignore[attr-defined]
        sink.port = server.server_address[1]
        yield from _served(server, sink)


@dataclass
class Heard:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class HookSink:
    """What a web server was sent, and how it answers."""

    port: int = 0
    requests: list[Heard] = field(default_factory=list)
    status: int = 204
    location: str | None = None
    has_heard: threading.Event = field(default_factory=threading.Event)
    waits_for: threading.Event | None = None  # Before it answers.
    waited: list[bool] = field(default_factory=list)  # Whether that came.

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"


@contextmanager
def answer_slowly(takes: bool) -> Iterator[str]:
    """Answer one sign at a time, each before anybody loses patience, for longer than a minute.

    Who takes nothing does not even read what is sent.
    """
    over = threading.Event()

    class Drips(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(ConnectionError):
                while takes and not self.request.recv(65_536).endswith(b"1"):
                    pass
                for sign in b"HTTP/1.1 204 No Content\r\nx-long: " + b"y" * 2_000 + b"\r\n\r\n":
                    self.request.sendall(bytes([sign]))
                    if over.wait(0.03):
                        return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Drips) as server:
        server.daemon_threads = True
        yield from _served(server, f"http://127.0.0.1:{server.server_address[1]}/hooks")
        over.set()


class _Hooks(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        sink: HookSink = self.server.sink  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        sink.requests.append(Heard(self.path, headers, body))
        sink.has_heard.set()
        if sink.waits_for is not None:
            sink.waited.append(sink.waits_for.wait(60.0))
        self.send_response(sink.status)
        if sink.location:
            self.send_header("Location", sink.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def hook_sink() -> Iterator[HookSink]:
    sink = HookSink()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Hooks) as server:
        server.sink = sink  # type: ignore[attr-defined]
        sink.port = server.server_address[1]
        yield from _served(server, sink)


def _served(server: socketserver.BaseServer, sink: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        thread.join()
