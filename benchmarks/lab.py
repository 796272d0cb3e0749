"""How soon the lab answers: its start, the first spikes after a change, and ten clients at once.

    python benchmarks/lab.py [--changes 10] [--clients 10] [--browser]

A lab is started as a process of its own, and asked as the page asks it. With `--browser`, Chromium without a window
opens the page instead, sliders are moved by keys and a digit is drawn with the mouse: from the change to its picture.
Beside the time on the clock stands the processor time of the lab and the networks that it ran, since other work on the
machine lengthens the former alone. Results are kept in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from tornado.websocket import WebSocketClientConnection, websocket_connect

from experiments.lab.networks import find
from tests.browser import Browser, executable

EXPERIMENTS = ("balanced", "competition", "cuba", "synfire", "AdaptiveExponentialLIF")
STATUS, FIRST = "document.querySelector('[role=status]').textContent", "document.querySelector('section').dataset.first"
FOUR = (((0.6, 0.1), (0.3, 0.6)), ((0.3, 0.6), (0.75, 0.6)), ((0.62, 0.4), (0.6, 0.95)))
"""Strokes of a digit, in shares of the area's side."""


@contextmanager
def started() -> Iterator[tuple[str, int]]:
    """The address of a lab, and its process."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "bnsim", "lab", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http\S+", process.stdout.readline())
        assert found is not None
        print(f"start: {time.perf_counter() - begun:.2f} s, {used(process.pid):.2f} s of processor time")
        try:
            yield found[0], process.pid
        finally:
            process.terminate()


def used(process: int) -> float:
    """Processor time of a process, of its children that have ended, and of compiled networks that live, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    living = " ".join(path.read_text() for path in Path(f"/proc/{process}/task").glob("*/children")).split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK") + sum(used(int(child)) for child in living)


async def first(socket: WebSocketClientConnection, name: str, change: int) -> float:
    """Seconds from a change of an experiment's first knob to the first spikes."""
    knob = find(name).knobs[0]
    value = knob.low + round((knob.high - knob.low) / knob.step * (0.3 + 0.4 * (change * 0.618 % 1))) * knob.step
    begun = time.perf_counter()
    request = {"do": "run", "experiment": name, "values": {knob.name: value}, "seconds": 1, "seed": 1}
    await socket.write_message(json.dumps(request))
    while (answer := json.loads(await socket.read_message() or "{}"))["kind"] != "piece":
        if answer["kind"] == "failed":
            raise SystemExit(answer["text"])
    return time.perf_counter() - begun


async def end(socket: WebSocketClientConnection) -> None:
    while json.loads(await socket.read_message() or "{}")["kind"] != "ended":
        pass


async def measure(address: str, process: int, changes: int, clients: int) -> None:
    for name in EXPERIMENTS:
        socket = await websocket_connect(address)
        compiled = await first(socket, name, 0)
        await end(socket)
        waits, before = [], used(process)
        for change in range(1, changes + 1):
            waits.append(await first(socket, name, change))
            await socket.write_message('{"do": "stop"}')
            await end(socket)
        spent = (used(process) - before) / changes
        print(
            f"{name}: first run {compiled:.2f} s; then after a change {np.median(waits):.2f} s "
            f"({min(waits):.2f} to {max(waits):.2f}), {spent:.2f} s of processor time"
        )
        socket.close()
    sockets = [await websocket_connect(address) for _ in range(clients)]
    begun, before = time.perf_counter(), used(process)
    waits = await asyncio.gather(*(first(socket, "balanced", place) for place, socket in enumerate(sockets)))
    await asyncio.gather(*map(end, sockets))
    print(
        f"{clients} clients at once, 1 s of the balanced network each: first spikes after {min(waits):.2f} to "
        f"{max(waits):.2f} s, all done after {time.perf_counter() - begun:.2f} s, "
        f"{used(process) - before:.2f} s of processor time"
    )
    begun = time.perf_counter()
    for place, socket in enumerate(sockets):
        await first(socket, "balanced", place)
        socket.close()
    settled = used(process)
    await asyncio.sleep(3)
    print(f"3 s after all have left: {used(process) - settled:.2f} s of processor time")


def measure_in_browser(address: str, changes: int) -> None:
    """From a change on the page until its picture has been drawn, as the page itself tells it."""
    program = executable()
    if program is None:
        raise SystemExit("--browser: no Chromium was found; install it, or leave this out")
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, Path(profile))
        try:
            browser.open(address, width=1280)
            for name in EXPERIMENTS:
                choose(browser, name)
                told(name, [moved(browser, name, place) for place in range(changes)], "first spikes after a change")
            choose(browser, "drawn-digits")
            told("drawn-digits", [drawn(browser) for _ in range(changes)], "both answers after a stroke")
        finally:
            browser.close()


def choose(browser: Browser, name: str) -> None:
    browser.evaluate(f"menu = document.getElementById('experiment'); menu.value = '{name}'")
    browser.evaluate(f"delete {FIRST}; menu.dispatchEvent(new Event('change'))")
    end = time.monotonic() + 600  # a network that was never compiled, or two that learn first
    while time.monotonic() < end and browser.evaluate(FIRST) is None:
        time.sleep(0.2)
    stop(browser)


def moved(browser: Browser, name: str, place: int) -> float:
    """Move the first slider by a key."""
    browser.evaluate(f"delete {FIRST}; document.querySelector('[name={find(name).knobs[0].name}]').focus()")
    browser.press("ArrowRight" if place % 2 else "ArrowLeft", 39 if place % 2 else 37)
    browser.wait(f"{FIRST} !== undefined")
    waited = float(browser.evaluate(FIRST))
    stop(browser)
    return waited


def stop(browser: Browser) -> None:
    """End the run, so that nothing of it is taken for the next one's first picture."""
    browser.evaluate("document.querySelector('[name=stop]').click()")
    browser.wait("document.querySelector('section').dataset.running === 'false'")


def drawn(browser: Browser) -> float:
    """Draw a digit, and wait for what is said of it after the last stroke."""
    place = "(({left, top, width}) => [left, top, width])(document.querySelector('canvas').getBoundingClientRect())"
    left, top, side = browser.evaluate(place)
    browser.evaluate("document.querySelector('[name=clear]').click()")
    browser.wait(f"{STATUS}.includes('label') && {STATUS}.endsWith(' s.')")
    begun = 0.0
    for stroke in FOUR:
        one, other = ((left + x * side, top + y * side) for x, y in stroke)
        browser.drag(one, other)
        begun = time.perf_counter()
    command = "document.querySelector('[data-text=command]').textContent"
    browser.wait(f"{command}.split(';').length === {len(FOUR)} && {STATUS}.endsWith(' s.')")
    return time.perf_counter() - begun


def told(name: str, waits: list[float], what: str) -> None:
    print(f"{name}, in the browser: {what} {np.median(waits):.2f} s ({min(waits):.2f} to {max(waits):.2f})", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=10)
    parser.add_argument("--clients", type=int, default=10)
    parser.add_argument("--browser", action="store_true", help="move sliders and draw on the page")
    options = parser.parse_args()
    with started() as (address, process):
        if options.browser:
            measure_in_browser(address, options.changes)
        else:
            asyncio.run(measure(address.replace("http", "ws") + "setting", process, options.changes, options.clients))
    print(f"load of the machine: {os.getloadavg()[1]:.1f}; memory at most: {_memory():.0f} MB")


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


if __name__ == "__main__":
    main()
