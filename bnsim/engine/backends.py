"""Back ends: their interface, and the choice of one by name."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Protocol, runtime_checkable

from bnsim import checks
from bnsim.engine.compiler import find_compiler
from bnsim.engine.job import Job, Outcome, Reporter
from bnsim.engine.runtime import Runtime
from bnsim.engine.standalone import Standalone
from bnsim.errors import InputError, MachineError, SlowBackendWarning
from bnsim.program import Program

GROUP = "bnsim.backends"
"""Entry points of other packages that bring a back end: its name, and where a `Backend` object is."""


class CompiledNetwork(Protocol):
    """Program that is ready to run: a function from job to outcome that holds no state.

    Attributes
    ----------
    profiles : bool
        Whether it can time each of its objects.
    """

    @property
    def profiles(self) -> bool: ...

    def run(self, job: Job, report: Reporter | None = None) -> Outcome:
        """Run a chunk of trials.

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
            If the simulation fails, or a variable becomes NaN or infinite.
        """
        ...


@runtime_checkable
class ParallelNetwork(CompiledNetwork, Protocol):
    """A network in which several threads may share the work, and which runs several jobs at once."""

    def run_together(self, jobs: Sequence[Job]) -> list[Outcome]:
        """Run chunks of trials that do not depend on each other.

        Parameters
        ----------
        jobs : sequence of Job
            The chunks.

        Returns
        -------
        list of Outcome
            In the order of the jobs.

        Raises
        ------
        MachineError
            As `run` does, for the first job that fails.
        """
        ...


@runtime_checkable
class Backend(Protocol):
    """A way to simulate programs."""

    def compile(self, program: Program, cache: str | Path | None) -> CompiledNetwork:
        """Make a program ready to run.

        Parameters
        ----------
        program : Program
            The lowered network.
        cache : str or Path or None
            Folder for files that are kept between processes, None for the user's own.

        Returns
        -------
        CompiledNetwork
            The network, ready to run jobs.

        Raises
        ------
        InputError
            If the program holds something that this back end cannot simulate.
        MachineError
            If a tool that it needs fails.
        """
        ...


BACKENDS: dict[str, Backend] = {"cpp": Standalone(), "cython": Runtime("cython"), "numpy": Runtime("numpy")}
"""This package's own."""


def backend_name(name: str) -> str:
    """Return the name of the back end to use.

    Parameters
    ----------
    name : str
        Name of a back end, or "auto": cpp, or numpy with one warning where there is no C++ compiler.

    Returns
    -------
    str
        The name, never "auto".

    Raises
    ------
    InputError
        If there is no back end of that name.
    MachineError
        If the environment variable CXX names a program that does not exist.
    """
    if name != "auto" and name not in BACKENDS:  # what other packages bring takes some milliseconds to look up
        checks.one_of("compile(backend)", name, ["auto", *BACKENDS, *sorted(_foreign())])
    if name != "auto":
        return name
    if find_compiler() is not None:
        return "cpp"
    _warn_no_compiler()
    return "numpy"


def find_backend(name: str) -> Backend:
    """Return a back end by its name.

    Parameters
    ----------
    name : str
        Name of a back end of this package or another.

    Returns
    -------
    Backend
        The back end.

    Raises
    ------
    InputError
        If there is none of that name, or the other package's object is no back end.
    MachineError
        If the other package's object cannot be loaded.
    """
    if name in BACKENDS:
        return BACKENDS[name]
    foreign = _foreign()
    entry = foreign[checks.one_of("compile(backend)", name, [*BACKENDS, *sorted(foreign)])]
    package = "another package" if entry.dist is None else entry.dist.name
    try:
        found = entry.load()
    except Exception as error:
        raise MachineError(
            f"compile(backend): {name!r} of {package} cannot be loaded ({error}); reinstall that package"
        ) from error
    if not isinstance(found, Backend):
        raise InputError(f"compile(backend): {entry.value} of {package} is no back end; give an object with `compile`")
    return found


def _foreign() -> dict[str, EntryPoint]:
    """The back ends that other packages bring, by name."""
    return {entry.name: entry for entry in entry_points(group=GROUP)}


@lru_cache(maxsize=1)
def _warn_no_compiler() -> None:
    warnings.warn(
        'no C++ compiler was found: simulating with backend "numpy", many times slower; '
        "install g++, or say `pip install 'bnsim[compiler]'`",
        SlowBackendWarning,
        stacklevel=5,
    )
