"""A whole script: its head, its parts, and its run."""

from __future__ import annotations

import ast
import builtins
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from textwrap import fill
from typing import Any

import brian2
import numpy as np

from bnsim.engine.initial import initial_arrays
from bnsim.engine.plain import check_plain, given
from bnsim.engine.script import literals
from bnsim.engine.script.populations import write_population
from bnsim.engine.script.projections import write_orders, write_projection
from bnsim.engine.script.writer import Writer
from bnsim.errors import MachineError, refuse_path
from bnsim.files import replacing
from bnsim.program import Program

CULPRIT = "to_brian2_script"


@dataclass(frozen=True)
class Brian2Script:
    """Script that builds a network in Brian2 and runs it.

    Parameters
    ----------
    text : str
        The script.
    arrays : mapping of str to ndarray
        What it reads from an .npz file beside it: lists of more than forty numbers, in SI units. Without any, there is
        no such file.
    """

    text: str
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)

    def save(self, path: str | Path) -> None:
        """Write the script and, where it needs one, the .npz file of the same name beside it.

        Parameters
        ----------
        path : str or pathlib.Path
            The script's file, in a folder that exists.

        Raises
        ------
        MachineError
            If a file cannot be written.
        """
        path = Path(path)
        try:
            if self.arrays:
                with replacing(path.with_suffix(".npz")) as partial, partial.open("wb") as file:
                    np.savez_compressed(file, allow_pickle=False, **dict(self.arrays))
            with replacing(path) as partial:
                partial.write_text(self.text, encoding="utf-8")
        except OSError as error:
            refuse_path(error)
            raise MachineError(f"Brian2Script.save: cannot write {path} ({error.strerror}); give another") from None


def written(program: Program, key: int, stimulus: Any, steps: int) -> Brian2Script:
    """Write a program as a script; see `Network.to_brian2_script`.

    Parameters
    ----------
    program : Program
        The program.
    key : int
        Key of connectivity, weights, delays and values at the start.
    stimulus : mapping, array or None
        What encoders are given.
    steps : int
        Length of the run in steps.

    Returns
    -------
    Brian2Script
        The script.

    Raises
    ------
    InputError
        If plain Brian2 does not know something in the network, or the stimulus does not fit.
    """
    check_plain(CULPRIT, program)
    inputs = given(CULPRIT, program, stimulus, steps)
    writer = Writer(program, initial_arrays(program, key, many=math.inf), inputs, steps)
    for population in program.populations:
        writer.lines.append("")
        write_population(writer, population)
    for projection in program.projections:
        writer.lines.append("")
        write_projection(writer, projection)
    write_orders(writer)
    _write_run(writer)
    body = "\n".join(writer.lines)
    return Brian2Script(_head(writer, key, body) + body + "\n", writer.data)


def _write_run(writer: Writer) -> None:
    second = brian2.second.dim
    firing = [population for population in writer.program.populations if population.threshold != "False"]
    names = [writer.name(f"spikes_{population.name}") for population in firing]
    monitors = (f"{name} = SpikeMonitor({writer.name(p.name)})" for name, p in zip(names, firing, strict=True))
    writer.lines += ["", *monitors, "", f"run({literals.quantity(writer.steps * writer.program.dt, second)})", ""]
    if names:
        writer.lines.append(f"for monitor in [{', '.join(names)}]:")
        writer.lines.append('    print(f"{monitor.source.name}: {monitor.num_spikes} spikes")')


def _head(writer: Writer, key: int, body: str) -> str:
    program = writer.program
    facts = f"Written by bnsim {version('bnsim')} with key {key}. It needs Brian2 and NumPy alone"
    facts += ", and the file of the same name that ends in .npz." if writer.data else "."
    if any(population.refractory for population in program.populations):
        facts += " What would make a refractory neuron's potential jump is discarded: int(not_refractory_post)."
    if writer.random:
        facts += " Random numbers are Brian2's own: spikes have the statistics of bnsim's, not their times."
    size = sum(population.size for population in program.populations)
    head = f'"""Network of {size} units in {len(program.populations)} populations.\n\n{fill(facts, 100)}\n"""\n\n'
    clock = f"defaultclock.dt = {literals.quantity(program.dt, brian2.second.dim)}\n"
    imports = "from pathlib import Path\n\nimport numpy as np\n" if writer.data else ""
    loaded = 'data = np.load(Path(__file__).with_suffix(".npz"))\n' if writer.data else ""
    names = sorted(
        _imported(clock + body), key=lambda name: (not isinstance(getattr(brian2, name), type), name.lower())
    )
    listed = fill(", ".join(names), 96, initial_indent="    ", subsequent_indent="    ")
    return f"{head}{imports}from brian2 import (\n{listed},\n)\n\n{clock}{loaded}"


def _imported(text: str) -> set[str]:
    """Names in a script that are Brian2's."""
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)]
    stored = {node.id for node in found if isinstance(node.ctx, ast.Store)}
    return {
        node.id
        for node in found
        if node.id not in stored and hasattr(brian2, node.id) and not hasattr(builtins, node.id)
    }
