"""Plain C++ beside this file, compiled and carried out; and what a simulation by bnsim costs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import bnsim
from bnsim.arrays import FloatArray
from bnsim.engine.compiler import PROGRAM_FLAGS, find_compiler
from experiments.shared.effort import processor_seconds


def compiled(name: str, folder: Path) -> Path:
    """Compile a program as bnsim compiles its own, and with threads.

    Parameters
    ----------
    name
        Name of the source file without suffix.
    folder
        Where the program is written.

    Returns
    -------
    Path
        The program.
    """
    compiler = find_compiler()
    assert compiler is not None
    source = Path(__file__).parent / f"{name}.cpp"
    subprocess.run([*compiler.split(), *PROGRAM_FLAGS, "-fopenmp", source, "-o", folder / name], check=True)
    return folder / name


def answer(program: Path, *arguments: object) -> dict[str, float]:
    """Return what a program prints: a name and a number a line."""
    command = [program, *map(str, arguments)]
    # Threads that wait for another one soon give up their core, which it may need.
    settings = {**os.environ, "GOMP_SPINCOUNT": "3000"}
    lines = subprocess.run(command, capture_output=True, text=True, check=True, env=settings).stdout.splitlines()
    return {name: float(number) for name, number in (line.split() for line in lines)}


def own(simulator: bnsim.Simulator, state: bnsim.State, duration: object) -> tuple[float, dict[str, FloatArray]]:
    """Return the processor time of a simulation in s, and the spikes of each unit by population."""
    before = processor_seconds()
    _, recording = simulator.run_for(state, duration)
    return processor_seconds() - before, {name: counts[0] for name, counts in recording.counts.items()}
