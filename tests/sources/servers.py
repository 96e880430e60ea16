"""A local HTTPS server with configurable faults, and a proxy that maps every host to it."""

from __future__ import annotations

import hashlib
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any, NamedTuple

import trustme

LAST_MODIFIED = formatdate(1_700_000_000, usegmt=True)


class Asked(NamedTuple):
    """A received request."""

    path: str
    headers: dict[str, str]
    time: float
    """Seconds since the epoch."""


Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Records each request, and sends the next answer of its path."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        site = self.server.site
        with site.lock:
            site.asked.append(Asked(self.path, dict(self.headers), time.time()))
            answers = site.answers.get(self.path, [status(404)])
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
        self.close_connection = True
        with suppress(ConnectionError, ssl.SSLError):  # the client may be killed
            answer(self)

    def head(self, code: int, headers: dict[str, Any]) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Log nothing."""


class Server(ThreadingHTTPServer):
    """A server with encrypted connections only."""

    daemon_threads = True
    site: Site
    context: ssl.SSLContext

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        # The handshake happens with the first byte, in the thread of the connection.
        return self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, *_: object) -> None:
        """Ignore clients that disconnect."""


class Site:
    """The answers of the server, and the requests it received."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.lock = threading.Lock()
        self.asked: list[Asked] = []
        self.answers: dict[str, list[Answer]] = {}

    def set(self, path: str, *answers: Answer) -> str:
        """Set the answers of a path, one after the other, then always the last; return the address."""
        self.answers[path] = list(answers)
        return self.url + path

    def ranges(self) -> list[str | None]:
        """The Range header of each request so far."""
        return [asked.headers.get("Range") for asked in self.asked]


@contextmanager
def serve(authority: trustme.CA, *hosts: str) -> Iterator[Site]:
    """Run a server for localhost and other host names."""
    with Server(("127.0.0.1", 0), Handler) as server:
        server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost", *hosts).configure_cert(server.context)
        server.site = Site(f"https://localhost:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.site
        finally:
            server.shutdown()
            thread.join()


# -- answers -----------------------------------------------------------------------------------------------------------


def file(
    data: bytes,
    *,
    etag: bool | str = True,
    ranges: bool = True,
    cut: int | None = None,
    pause: float = 0.0,
    **headers: Any,
) -> Answer:
    """Send a file from the requested offset; optionally break after `cut` bytes, and pause after every 64 KiB."""
    tag = etag if isinstance(etag, str) else f'"{hashlib.sha256(data).hexdigest()[:8]}"'

    def answer(handler: Handler) -> None:
        start, code, more = 0, 200, {"Last-Modified": LAST_MODIFIED, **headers}
        if etag:
            more["ETag"] = tag
        wanted = handler.headers.get("Range")
        if wanted and ranges and handler.headers["If-Range"] in {tag if etag else None, more["Last-Modified"]}:
            start, code = int(wanted.removeprefix("bytes=").removesuffix("-")), 206
            more["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        handler.head(code, {"Content-Length": len(data) - start, **more})
        rest = data[start:] if cut is None else data[start : start + cut]
        for at in range(0, len(rest), 1 << 16):
            handler.wfile.write(rest[at : at + (1 << 16)])
            time.sleep(pause)

    return answer


def stall(data: bytes, after: int, until: threading.Event) -> Answer:
    """Send the beginning of a file, then nothing until the test ends."""

    def answer(handler: Handler) -> None:
        handler.head(200, {"Content-Length": len(data), "ETag": '"stall"'})
        handler.wfile.write(data[:after])
        until.wait()

    return answer


def raw(code: int, body: bytes = b"", **headers: Any) -> Answer:
    """Send exactly this; underscores in header names become hyphens."""

    def answer(handler: Handler) -> None:
        handler.head(code, {name.replace("_", "-"): value for name, value in headers.items()})
        handler.wfile.write(body)

    return answer


def status(code: int, **headers: Any) -> Answer:
    """Send an empty answer."""
    return raw(code, Content_Length=0, **headers)


def redirect(url: str) -> Answer:
    """Send a redirection."""
    return status(302, Location=url)


# -- a proxy -----------------------------------------------------------------------------------------------------------


class _Tunnel(BaseRequestHandler):
    """Answers CONNECT for any host with a tunnel to the server."""

    def handle(self) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.request.recv(1)
        self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", self.server.target)) as other, suppress(OSError):  # type: ignore[attr-defined]
            ends = {self.request: other, other: self.request}
            while True:
                for end in select.select(list(ends), [], [])[0]:
                    data = end.recv(1 << 16)
                    if not data:
                        return
                    ends[end].sendall(data)


class _Proxy(ThreadingTCPServer):
    daemon_threads = True
    target: int


@contextmanager
def proxy(site: Site) -> Iterator[str]:
    """Run a proxy that maps all addresses to the site."""
    with _Proxy(("127.0.0.1", 0), _Tunnel) as server:
        server.target = int(site.url.rpartition(":")[2])
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def trust(authority: trustme.CA, folder: Path) -> Path:
    """Write the certificate of the authority to a file."""
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return path
