"""Who is answered, and what is said where the lab cannot listen."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse
from tornado.websocket import websocket_connect

from bnsim.errors import InputError
from experiments.lab import server
from experiments.lab.server import Lab

from .small import setting

pytestmark = pytest.mark.usefixtures("small")


def with_lab(visit: Callable[[Lab], Awaitable[None]]) -> None:
    """Visit a lab that listens."""

    async def hold() -> None:
        lab = Lab(setting(), Path(), "127.0.0.1", 0)
        task = asyncio.get_running_loop().create_task(lab.serve())
        try:
            await visit(lab)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            lab.pool.shutdown()

    asyncio.run(hold())


async def fetched(address: str) -> HTTPResponse:
    return await AsyncHTTPClient().fetch(address, raise_error=False)


def test_page_is_whole_and_told_to_nobody() -> None:
    async def visit(lab: Lab) -> None:
        answer = await fetched(lab.address)
        page = answer.body.decode()
        assert answer.code == 200
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        described = re.search(r'id="described">(.*?)</script>', page, re.DOTALL)
        assert described is not None
        assert json.loads(described[1])["start"]["values"] == {"current": 20, "tau_m": 20}
        assert "default-src &#39;none&#39;" in page
        assert re.findall(r'(?:src|href)="(?!data:|#)[^"]*', page.partition("<script")[0]) == []

    with_lab(visit)


def test_nothing_without_the_token() -> None:
    async def visit(lab: Lab) -> None:
        root, token = re.match(r"(http://.*?/)(.*)/$", lab.address).groups()  # type: ignore[union-attr]
        assert len(token) >= 20
        for path in ("", f"{token[:-1]}/", f"{token}x/", f"x/{token}/", "setting", f"{token}"):
            answer = await fetched(root + path)
            assert answer.code == 403, path
            assert answer.body.startswith(b"The address of this lab ends with its token")
        with pytest.raises(HTTPClientError, match="403"):
            await websocket_connect(f"{root.replace('http', 'ws')}{token[:-1]}/setting")

    with_lab(visit)


def test_a_page_of_another_origin_is_refused() -> None:
    async def visit(lab: Lab) -> None:
        address = lab.address.replace("http", "ws") + "setting"
        with pytest.raises(HTTPClientError, match="403"):
            await websocket_connect(HTTPRequest(address, headers={"Origin": "http://elsewhere.example"}))

    with_lab(visit)


def test_who_leaves_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST", 2)

    async def visit(lab: Lab) -> None:
        address = lab.address.replace("http", "ws") + "setting"
        first, second, third = [await websocket_connect(address) for _ in range(3)]
        assert await third.read_message() is None
        assert third.close_reason == "2 settings are open already; close one"
        assert len(lab.conversations) == 2
        first.close()
        third.close()
        while len(lab.conversations) > 1:
            await asyncio.sleep(0.01)
        second.close()
        assert await second.read_message() is None

    with_lab(visit)


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(InputError, match=f"--port {port}: is taken; give another one, or 0 for any that is free"):
            Lab(setting(), Path(), "127.0.0.1", port)


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(
        InputError, match=r"--host 192.0.2.1: cannot be listened on .*; give an address of this machine"
    ):
        Lab(setting(), Path(), "192.0.2.1", 0)
