"""How soon the lab answers: its start, the first spikes after a change, and ten clients at once.

    python benchmarks/lab.py [--changes 10] [--clients 10]

A lab is started as a process of its own, and asked as the page asks it; what the browser takes to draw comes on top.
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

import numpy as np
from tornado.websocket import WebSocketClientConnection, websocket_connect

from experiments.lab.networks import find

EXPERIMENTS = ("balanced", "competition", "AdaptiveExponentialLIF")


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
        yield found[0].replace("http", "ws") + "setting", process.pid
        process.terminate()


def used(process: int) -> float:
    """Processor time of a process and its children that have ended, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=10)
    parser.add_argument("--clients", type=int, default=10)
    options = parser.parse_args()
    with started() as (address, process):
        asyncio.run(measure(address, process, options.changes, options.clients))
    print(f"load of the machine: {os.getloadavg()[1]:.1f}; memory at most: {_memory():.0f} MB")


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


if __name__ == "__main__":
    main()
