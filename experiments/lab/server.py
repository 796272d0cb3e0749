"""The lab's server: the page, and a conversation with each setting on it. Nothing is answered without the token."""

from __future__ import annotations

import asyncio
import errno
import secrets
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from bnsim.errors import BnsimError, InputError
from experiments.lab import networks
from experiments.lab.conversation import Conversation
from experiments.lab.page import page
from experiments.lab.setting import Setting
from experiments.run.execute import available_cores

LARGEST = 64 * 1024
"""Bytes of the largest request that is read."""
MOST = 64
"""Settings that may be open at once."""
_FORBIDDEN = "The address of this lab ends with its token: open it as `bnsim lab` printed it.\n"


class Lab:
    """A lab that listens.

    Parameters
    ----------
    start
        What the page shows first.
    out
        Folder in which runs are saved.
    host
        Address of this machine at which to listen.
    port
        Port; 0 for any that is free.

    Attributes
    ----------
    address
        Where the page is.
    conversations
        Those that are open.

    Raises
    ------
    InputError
        If the port or the address cannot be used.
    """

    def __init__(self, start: Setting, out: Path, host: str, port: int) -> None:
        self.start, self.out, self.conversations = start, out, set[Conversation]()
        self.pool = ThreadPoolExecutor(max_workers=available_cores(), thread_name_prefix="lab")
        self._socket = _bound(host, port)
        self._token = secrets.token_urlsafe(16)
        shown = f"[{host}]" if ":" in host else host
        self.address = f"http://{shown}:{self._socket.getsockname()[1]}/{self._token}/"

    async def serve(self) -> None:
        """Answer until the task is cancelled."""
        application = Application(
            [
                (rf"/{self._token}/", _Page, {"lab": self}),
                (rf"/{self._token}/setting", _Setting, {"lab": self}),
            ],
            default_handler_class=_Refusal,
            websocket_max_message_size=LARGEST,
        )
        server = HTTPServer(application, max_body_size=LARGEST)
        server.add_socket(self._socket)
        self.pool.submit(_warm, self.start)
        try:
            await asyncio.Event().wait()
        finally:
            for conversation in self.conversations:
                conversation.leave()
            server.stop()
            self.pool.shutdown(wait=False, cancel_futures=True)


class _Refusal(RequestHandler):
    """What is not below the token."""

    def prepare(self) -> None:
        self.set_status(403)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(_FORBIDDEN)


class _Page(RequestHandler):
    """The page."""

    def initialize(self, lab: Lab) -> None:
        self._lab = lab

    def set_default_headers(self) -> None:
        # The address holds the token: it is neither sent on nor kept.
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("X-Frame-Options", "DENY")
        self.clear_header("Server")

    def get(self) -> None:
        self.finish(page(list(networks.experiments().values()), self._lab.start, self.request.host))


class _Setting(WebSocketHandler):
    """One setting of a page."""

    def initialize(self, lab: Lab) -> None:
        self._lab = lab
        self._conversation = Conversation(lab.pool, lab.out, self._tell)

    async def open(self, *path: str, **named: str) -> None:
        if len(self._lab.conversations) >= MOST:
            self.close(1013, f"{MOST} settings are open already; close one")
            return
        self._lab.conversations.add(self._conversation)

    async def on_message(self, message: str | bytes) -> None:
        if isinstance(message, str):
            await self._conversation.hear(message)

    def on_close(self) -> None:
        self._lab.conversations.discard(self._conversation)
        self._conversation.leave()

    async def _tell(self, text: str) -> None:
        with suppress(WebSocketClosedError):  # what has left hears nothing
            await self.write_message(text)


def _bound(host: str, port: int) -> socket.socket:
    try:
        bound = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise InputError(f"--port {port}: is taken; give another one, or 0 for any that is free") from None
        if error.errno == errno.EACCES:
            raise InputError(f"--port {port}: is not for you to use; give one above 1023") from None
        reason = error.strerror or error
        raise InputError(f"--host {host}: cannot be listened on ({reason}); give an address of this machine") from None
    bound.setblocking(False)
    return bound


def _warm(start: Setting) -> None:
    """Do before the page asks for it what takes long the first time."""
    import bnsim.measures.spectrum  # noqa: F401

    with suppress(BnsimError):  # the page will say so
        start.run().prepare()
