"""The back end `cpp`: Brian2's C++ standalone mode, compiled once a fingerprint, then run as a function of its input.

A compiled network is a folder with a binary. A run starts it as a subprocess, hands it the job as its standard input
and reads the outcome from its standard output: nothing is left behind, any number of networks live side by side, none
needs Brian2 again.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import brian2
import numpy as np
from brian2.devices.device import all_devices, reset_device, set_device

from bnsim.encoding.base import SpikeRaster
from bnsim.engine import compiler as cxx
from bnsim.engine.build import brian2_reason, build, pathways
from bnsim.engine.cache import BINARY, cache_folder, fetch
from bnsim.engine.driver import NOT_FINITE, driver_source
from bnsim.engine.equations import signals
from bnsim.engine.job import Job, Outcome, diverged
from bnsim.engine.rows import RowDevice, declarations
from bnsim.engine.variables import Variable
from bnsim.errors import InputError, MachineError
from bnsim.network import Network
from bnsim.timing import Timing

DEVICE = "bnsim_standalone"


def _engine_identity() -> str:
    """Hash of the engine's own files: a network compiled by other code is another network."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for path in sorted([*here.glob("*.py"), *here.glob("templates/*.cpp"), *here.glob("cpp/*.h")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


ENGINE_IDENTITY = _engine_identity()
"""Taken when the engine is imported: files that change under a running process are not what it builds with."""


class StandaloneNetwork:
    """A compiled network in the cache, ready to run (`cpp`)."""

    def __init__(
        self,
        network: Network,
        timing: Timing,
        continuous: bool,
        traces: Mapping[str, Sequence[str]],
        compiler: str,
        cache: str | Path | None,
    ) -> None:
        self.network, self.timing, self.continuous = network, timing, continuous
        self.fingerprint = _fingerprint(network, timing, continuous, traces, compiler)

        def make(folder: Path) -> dict[str, Any]:
            return _build(network, timing, continuous, traces, compiler, folder)

        self.folder, self.manifest = fetch(cache_folder(cache), self.fingerprint, make)

    def initial_variables(self) -> dict[str, tuple[str, float]]:
        """Name -> (dtype, initial value) of the variables that carry over, weights excepted."""
        return {name: (dtype, value) for name, dtype, value in self.manifest["carried"] if not name.endswith(".w")}

    @property
    def pathways(self) -> list[str]:
        """Names of the synaptic pathways, whose spikes in flight a continuous run carries over."""
        return list(self.manifest["pathways"])

    @property
    def trace_units(self) -> dict[tuple[str, str], str]:
        """SI unit of each traced variable, by (population, variable)."""
        return {(population, variable): unit for population, variable, unit in self.manifest["traces"]}

    def run(self, job: Job) -> Outcome:
        """Run a chunk of trials. Errors: MachineError where the binary fails."""
        # Unnamed files: a pipe takes some kilobytes at a time, which is half the time of a small network's run.
        with tempfile.TemporaryFile() as inputs, tempfile.TemporaryFile() as outputs:
            self._write(job, inputs)
            try:
                answer = subprocess.run(
                    [self.folder / BINARY],
                    stdin=inputs,
                    stdout=outputs,
                    stderr=subprocess.PIPE,
                    cwd=self.folder,
                    check=False,
                )
            except OSError as error:
                raise MachineError(
                    f"compiled network: cannot start {self.folder / BINARY} ({error}); clear the cache"
                ) from error
            self._check(answer)
            outputs.seek(0)
            return self._outcome(job, _Reader(outputs))

    def _write(self, job: Job, inputs: IO[bytes]) -> None:
        try:
            for array in self._inputs(job):
                inputs.write(np.uint64(array.nbytes).tobytes())
                inputs.write(array.data)
            inputs.seek(0)
        except OSError as error:
            raise MachineError(
                f"compiled network: cannot write its input into {tempfile.gettempdir()} ({error}); "
                "free space there, or name another folder in TMPDIR"
            ) from error

    def _check(self, answer: subprocess.CompletedProcess[bytes]) -> None:
        said = answer.stderr.decode(errors="replace").strip()
        if answer.returncode == 0 and not said:
            return
        if said.startswith(NOT_FINITE):
            raise diverged(said.removeprefix(NOT_FINITE))
        reason = said.splitlines()[-1] if said else f"exit status {answer.returncode}"
        raise MachineError(
            f"compiled network: the simulation failed ({reason}); free memory, or remove {self.folder} to rebuild it"
        )

    def _inputs(self, job: Job) -> list[np.ndarray]:
        arrays: list[np.ndarray] = [np.array([job.n_trials, job.plastic, job.profile], dtype=np.int64)]
        arrays += [np.array([p.name in job.record], dtype=np.int8) for p in self.network.populations]
        for projection in self.network.projections:
            name = projection.name
            arrays += [
                job.state[f"{name}.source"].astype(np.int32),
                job.state[f"{name}.target"].astype(np.int32),
            ]
            arrays.append(job.state[f"{name}.w"].astype(np.float64))
            if projection.delay_kind != "none":
                arrays.append(job.state[f"{name}.delay"].astype(np.float64))
        for name, dtype, _ in self.manifest["carried"]:
            if not name.endswith(".w"):
                arrays.append(job.state[name].astype(dtype))
        if self.continuous:
            for name in self.pathways:
                arrays += [job.state[f"{name}.in_flight_{part}"].astype(np.int32) for part in ("synapse", "ahead")]
        arrays.append(job.keys)
        if self.network.reward is not None:
            arrays.append(job.correct)
        for population in self.network.populations:
            if population.stimulus_encoder is not None:
                drive = job.drives[population.name]
                arrays += [drive.offsets, drive.index] if isinstance(drive, SpikeRaster) else [drive]
        arrays += [job.signals[projection, signal] for projection, signal, _ in signals(self.network)]
        return [np.ascontiguousarray(array) for array in arrays]

    def _outcome(self, job: Job, reader: _Reader) -> Outcome:
        state = {name: reader.next(dtype) for name, dtype, _ in self.manifest["carried"]}
        if self.continuous:
            for name in self.pathways:
                state |= {f"{name}.in_flight_{part}": reader.next("int32") for part in ("synapse", "ahead")}
        counts, spikes = {}, {}
        for population in self.network.populations:
            counts[population.name] = reader.next("int32").reshape(job.n_trials, population.size)
            found = reader.next("int32"), reader.next("float64"), reader.next("int64")
            if population.name in job.record:
                spikes[population.name] = found
        presentations = reader.next("int64")
        seconds = dict(zip(self.manifest["objects"], reader.next("float64").tolist(), strict=job.profile))
        traces = {}
        for population_name, variable in self.trace_units:
            rows = reader.next("float64")
            if population_name in job.record:
                traces[population_name, variable] = rows.reshape(-1, self.network[population_name].size)
        return Outcome(state, counts, spikes, traces, presentations, seconds)


class _Reader:
    """Arrays one after the other, each preceded by its length in bytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def next(self, dtype: str) -> np.ndarray:
        (size,) = np.fromfile(self._file, np.uint64, 1)
        kind = np.dtype(dtype)
        return np.fromfile(self._file, kind, int(size) // kind.itemsize)


def _fingerprint(
    network: Network, timing: Timing, continuous: bool, traces: Mapping[str, Sequence[str]], compiler: str
) -> str:
    identity = {
        "network": network.structure(),
        "timing": [timing.dt.hex(), timing.steps, timing.presentation_steps],
        "continuous": continuous,
        "traces": {name: list(variables) for name, variables in traces.items()},
        "float": "float64",
        "versions": [version("brian2"), version("bnsim"), ENGINE_IDENTITY],
        "compiler": cxx.compiler_identity(compiler),
    }
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()


def _build(
    network: Network,
    timing: Timing,
    continuous: bool,
    traces: Mapping[str, Sequence[str]],
    compiler: str,
    folder: Path,
) -> dict[str, Any]:
    device = RowDevice()
    all_devices[DEVICE] = device
    set_device(DEVICE, build_on_run=False, directory=str(folder))
    try:
        objects = build(network, timing, traces)
        for synapses in objects.synapses.values():
            synapses.connect(False)
        device.insert_code("before_network_run", "return bnsim_run();")
        try:
            objects.network.run(timing.trial * brian2.second, namespace={})
            device.build(directory=str(folder), compile=False, run=False, direct_call=False)
        except OSError:
            raise  # the disk's fault, not the description's
        except Exception as error:
            raise InputError(f"Network: Brian2 refuses it: {brian2_reason(error)}") from error
        manifest = {
            "carried": [
                [variable.name, _dtype(variable), variable.initial]
                for variable in [*objects.persistent, *(objects.transient if continuous else [])]
            ],
            "pathways": [name for name, _ in pathways(network, objects)] if continuous else [],
            "traces": [[*key, unit] for key, unit in objects.trace_units.items()],
            "objects": [*re.findall(r"\.add\(&\w+, _run_(\w+)\);", (folder / "main.cpp").read_text())]
            + [code.name for item in objects.trial_end for code in item._code_objects],
        }
        source = driver_source(network, timing, objects, device, continuous)
    finally:
        reset_device()
        del all_devices[DEVICE]
    (folder / "bnsim_driver.cpp").write_text(source)
    synapses = [group.name for group in objects.synapses.values()]
    (folder / "everything.cpp").write_text(declarations(synapses) + _one_file(folder))
    cxx.compile_file(compiler, "everything.cpp", BINARY, folder)
    return manifest


def _dtype(variable: Variable) -> str:
    return str(np.dtype(variable.brian2.dtype))


def _one_file(folder: Path) -> str:
    """All sources as one translation unit: the headers are parsed once, which compiles four times as fast.

    Each of Brian2's code objects brings the same helper functions along, so each goes into a namespace of its own.
    """
    standard = (
        "cstdlib",
        "cmath",
        "ctime",
        "climits",
        "csignal",
        "iostream",
        "fstream",
        "string",
        "map",
        "set",
        "random",
    )
    lines = [f"#include <{header}>" for header in (*standard, "vector", "algorithm", "utility", "tuple")]
    lines += [f'#include "{header}"' for header in ("objects.h", "network.h", "synapses_classes.h", "run.h")]
    lines += [f'#include "brianlib/{header}"' for header in ("common_math.h", "stdint_compat.h", "clocks.h")]
    lines += [f'#include "code_objects/{path.name}"' for path in sorted((folder / "code_objects").glob("*.h"))]
    lines += [f'#include "{source}"' for source in ("objects.cpp", "network.cpp", "run.cpp", "synapses_classes.cpp")]
    lines += [f'#include "brianlib/{path.name}"' for path in sorted((folder / "brianlib").glob("*.cpp"))]  # Brian2 2.10
    for index, path in enumerate(sorted((folder / "code_objects").glob("*.cpp"))):
        functions = [
            name
            for name in re.findall(r"^void (\w+)\(\)", path.read_text(), re.MULTILINE)
            if not name.startswith("_debugmsg")
        ]
        lines.append(f'namespace part_{index} {{\n#include "code_objects/{path.name}"\n}}')
        lines += [f"void {name}() {{ part_{index}::{name}(); }}" for name in functions]
    return "\n".join([*lines, '#include "bnsim_driver.cpp"', '#include "main.cpp"', ""])
