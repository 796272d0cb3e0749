"""The back end `cpp`: Brian2's C++ standalone mode, compiled once, then run as a function of its input.

A compiled network is a folder with a binary. A run hands a job to a process of it and takes the outcome from there
(`bnsim.engine.resident`); the process waits for the next one. Any number of networks live side by side, none needs
Brian2 again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import brian2
from brian2.devices.device import all_devices, reset_device, set_device

from bnsim import quantiles
from bnsim.description import canonical
from bnsim.engine import compiler as cxx
from bnsim.engine import resident
from bnsim.engine.build import build
from bnsim.engine.cache import BINARY, cache_folder, fetch
from bnsim.engine.driver import NOT_FINITE, driver_source
from bnsim.engine.job import Job, Outcome, Reporter, diverged
from bnsim.engine.rows import RowDevice, declarations
from bnsim.engine.wire import Wire
from bnsim.errors import BnsimError, InputError, MachineError
from bnsim.notation import reason
from bnsim.program import Program, layout

DEVICE = "bnsim_standalone"


def _engine_identity() -> str:
    """Hash of the files that decide what is built: a network compiled by other code is another network."""
    digest = hashlib.sha256()
    here, lowering = Path(__file__).parent, Path(layout.__file__).parent
    sources = [*here.glob("*.py"), *here.glob("templates/*.cpp"), *here.glob("cpp/*.h"), *lowering.glob("*.py")]
    for path in sorted([*sources, Path(quantiles.__file__)]):  # whose coefficients are in the random generator's texts
        digest.update(path.read_bytes())
    return digest.hexdigest()


ENGINE_IDENTITY = _engine_identity()
"""Taken when the engine is imported: files that change under a running process are not what it builds with."""


class Standalone:
    """Back end `cpp`."""

    def compile(self, program: Program, cache: str | Path | None) -> StandaloneNetwork:
        """Compile a program, or find it in the cache; see `bnsim.engine.backends.Backend`.

        Parameters
        ----------
        program : Program
            The lowered network.
        cache : str, Path or None
            Folder of compiled networks; None for the user's own.

        Returns
        -------
        StandaloneNetwork
            The compiled network.

        Raises
        ------
        InputError
            If there is no C++ compiler, or Brian2 refuses the equations.
        MachineError
            If the compiler or the disk fails.
        """
        compiler = cxx.find_compiler()
        if compiler is None:
            raise InputError(
                "compile(backend): \"cpp\" needs a C++ compiler; install g++, say `pip install 'bnsim[compiler]'`, "
                'or choose backend="numpy"'
            )
        return StandaloneNetwork(program, compiler, cache)


class StandaloneNetwork:
    """Compiled network in the cache, ready to run (`cpp`).

    Parameters
    ----------
    program : Program
        The lowered network.
    compiler : str
        Command of the C++ compiler.
    cache : str, Path or None
        Folder of compiled networks; None for the user's own.
    """

    profiles = True

    def __init__(self, program: Program, compiler: str, cache: str | Path | None) -> None:
        self.program, self._compiler = program, compiler
        self.fingerprint = _fingerprint(program, compiler)
        self._cache = cache_folder(cache)
        self._fetch()

    def _fetch(self) -> None:
        def make(folder: Path) -> dict[str, Any]:
            return _build(self.program, self._compiler, folder)

        self.folder, manifest = fetch(self._cache, self.fingerprint, make)
        self._wire = Wire(self.program, manifest["objects"])

    def run(self, job: Job, report: Reporter | None = None) -> Outcome:
        """Run a chunk of trials in a process of this network.

        Parameters
        ----------
        job : Job
            The trials and all that they depend on.
        report : callable, optional
            Is told now and then how many steps are done.

        Returns
        -------
        Outcome
            The state afterwards and what was recorded.

        Raises
        ------
        MachineError
            If the binary cannot be started or fails, the disk fails, or a variable becomes NaN or infinite.
        """
        return self.run_together([job], report)[0]

    def run_together(self, jobs: Sequence[Job], report: Reporter | None = None) -> list[Outcome]:
        """Run chunks of trials that do not depend on each other, each in a process of its own.

        Parameters
        ----------
        jobs : sequence of Job
            The chunks.
        report : callable, optional
            Is told now and then how many steps of a chunk are done.

        Returns
        -------
        list of Outcome
            In the order of the jobs.

        Raises
        ------
        MachineError
            As `run` does, for the first job that fails.
        """
        while True:
            try:
                with ExitStack() as lent:
                    calls = [self._begin(lent, job, reports=report is not None) for job in jobs]
                    return [self._end(job, process, report) for job, process in zip(jobs, calls, strict=True)]
            except resident.Gone:
                continue  # it ended while nobody looked, which the next one does not know
            except resident.Refused as error:
                raise MachineError(f"compiled network: {error}") from error

    def _begin(self, lent: ExitStack, job: Job, reports: bool) -> resident.Resident:
        process = lent.enter_context(resident.lent(self.folder / BINARY, self._binary))
        try:
            process.begin(self._wire.job(job, process.held, reports))
        except resident.Ended as error:
            raise self._error(job, error.status, error.said) from None
        return process

    def _end(self, job: Job, process: resident.Resident, report: Reporter | None) -> Outcome:
        try:
            return self._wire.outcome(job, process.held, process.end(self._wire.dtypes(job), report))
        except resident.Ended as error:
            raise self._error(job, error.status, error.said) from None

    def _binary(self) -> Path:
        """The program, made again where the cache was emptied meanwhile."""
        if not (self.folder / BINARY).exists():
            self._cache = cache_folder(self._cache)
            self._fetch()
        return self.folder / BINARY

    def _error(self, job: Job, status: int, said: str) -> BnsimError:
        if not status and not said:
            return MachineError(f"compiled network: it ended without its result; remove {self.folder} to rebuild it")
        if said.startswith(NOT_FINITE):
            name, unit, trial, time = said.removeprefix(NOT_FINITE).split()
            return diverged(self.program, name, int(unit), job.place_of(int(trial)), float(time))
        reason = said.splitlines()[-1] if said else f"exit status {status}"
        return MachineError(
            f"compiled network: the simulation failed ({reason}); free memory, or remove {self.folder} to rebuild it"
        )


@cache
def _version(package: str) -> str:
    """A package's version, which does not change within a process and takes a millisecond to look up."""
    return version(package)


def _fingerprint(program: Program, compiler: str) -> str:
    identity = {
        "program": canonical(program),
        "versions": [_version("brian2"), _version("bnsim"), ENGINE_IDENTITY],
        "compiler": cxx.compiler_identity(compiler),
    }
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()


def _build(program: Program, compiler: str, folder: Path) -> dict[str, Any]:
    device = RowDevice()
    all_devices[DEVICE] = device
    set_device(DEVICE, build_on_run=False, directory=str(folder))
    try:
        objects = build(program)
        for synapses in objects.synapses.values():
            synapses.connect(False)
        device.insert_code("before_network_run", "return bnsim_run();")
        try:
            objects.network.run(program.dt * brian2.second, namespace={})
            device.build(directory=str(folder), compile=False, run=False, direct_call=False)
        except OSError:
            raise  # the disk's fault, not the description's
        except Exception as error:
            raise InputError(f"Network: Brian2 refuses it: {reason(error)}") from error
        called = re.findall(r"\.add\(&\w+, _run_(\w+)\);", (folder / "main.cpp").read_text())
        called += [code.name for item in objects.trial_end for code in item._code_objects]
        source = driver_source(program, objects, device)
    finally:
        reset_device()
        del all_devices[DEVICE]
    (folder / "bnsim_driver.cpp").write_text(source)
    (folder / "everything.cpp").write_text(declarations(objects.synapses.values()) + _one_file(folder))
    cxx.compile_file(compiler, "everything.cpp", BINARY, folder)
    network = ", ".join(f"{population.name} ({population.size})" for population in program.populations)
    return {"objects": called, "network": network}


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
