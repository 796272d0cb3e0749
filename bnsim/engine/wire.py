"""A job and its outcome as arrays in order: the Python side of `bnsim.program.layout`; the driver is the other one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bnsim.arrays import Float64Array, frozen
from bnsim.drives.encoder import SpikeRaster
from bnsim.engine.job import Job, Outcome
from bnsim.engine.known import Known
from bnsim.program import Program, layout
from bnsim.recipe import RECIPE
from bnsim.state import State

_STATE = frozenset({"variable", "weight", "in_flight_unit", "in_flight_age"})
"""What a `State` holds."""


_RECIPE = frozenset({"recipe", "recipe_values"})
_DRAWN = frozenset({"source", "target", "weight", "delay"})
"""How synapses are drawn, and what a state with a recipe does not hold of them."""

_EMPTY = frozen(np.zeros(0))


class Wire:
    """What a compiled network is sent and returns.

    Parameters
    ----------
    program : Program
        The program that it was compiled from.
    objects : sequence of str
        Names of the objects that are timed, where a job asks for it.
    """

    def __init__(self, program: Program, objects: Sequence[str]) -> None:
        self._program, self._objects = program, objects
        self._job = tuple(layout.job(program))
        self._outcomes = {
            (plastic, continuous): tuple(layout.outcome(program, plastic, continuous))
            for plastic in (False, True)
            for continuous in (False, True)
        }
        self._sizes = {population.name: population.size for population in program.populations}
        self._series = {
            (population.name, series.symbol): frozen(np.append(series.every, series.values))
            for population in program.populations
            for series in population.series
        }
        self._shared = frozenset(f"{each.name}.delay" for each in program.projections if each.delay == "shared")
        self._synaptic = frozenset(v.name for v in program.transient if v.place == "projection")
        self._in_trials = self._synaptic | {array.name for array in layout.in_flight(program)}
        self._computed = Known()

    def job(self, job: Job, held: Known, reports: bool) -> list[np.ndarray | None]:
        """Return the arrays of a job.

        Parameters
        ----------
        job : Job
            The job.
        held : Known
            What the process holds that it is sent to, by name. Is told what it will hold.
        reports : bool
            Whether it is to tell how many steps are done.

        Returns
        -------
        list of (ndarray or None)
            In order; None for what is to stay as it stands: the process holds it, or trials start without it.
        """
        coefficients = self._coefficients_of(job)
        unused = frozenset() if job.grid.continuous else self._in_trials
        sent: list[np.ndarray | None] = []
        for array in self._job:
            if array.content in _RECIPE | _DRAWN:
                given = self._of_synapses(array, job.state)
            elif array.content in _STATE:
                given = job.state[array.name]
            elif array.content == "coefficient":
                given = coefficients[array.owner, array.part]
            elif array.content == "series":
                given = self._series[array.owner, array.part]
            else:
                given = _values(array, job, reports)
            if array.content in layout.KEPT:
                if array.name in unused or held.holds(array.name, given):
                    sent.append(None)
                    continue
                held.note(array.name, given)
            sent.append(np.ascontiguousarray(given, dtype=array.dtype))
        return sent

    def _of_synapses(self, array: layout.Array, state: State) -> np.ndarray:
        """Synapses, or how they are drawn: the other one is empty."""
        later = f"{array.owner}{RECIPE}" in state
        held = later if array.content in _RECIPE else not later or array.name in self._shared
        return state[array.name] if held else _EMPTY

    def dtypes(self, job: Job) -> list[np.dtype]:
        """Return the types of the arrays of an outcome.

        Parameters
        ----------
        job : Job
            The job that the outcome will be of.

        Returns
        -------
        list of numpy.dtype
            In order.
        """
        return [np.dtype(array.dtype) for array in self._outcomes[job.plastic, job.grid.continuous]]

    def outcome(self, job: Job, held: Known, arrays: Sequence[np.ndarray]) -> Outcome:
        """Return the outcome of a job.

        Parameters
        ----------
        job : Job
            The job.
        held : Known
            What the process holds; is told that it is what is returned.
        arrays : sequence of ndarray
            What was returned, in order.

        Returns
        -------
        Outcome
            The outcome.
        """
        found = list(zip(self._outcomes[job.plastic, job.grid.continuous], arrays, strict=True))
        of = {(array.content, array.owner): values for array, values in found if array.content != "samples"}
        state = {array.name: frozen(values) for array, values in found if array.content in _STATE}
        held.forget(self._synaptic)
        for name, values in state.items():
            held.note(name, values)
        return Outcome(
            state=state,
            counts={name: of["counts", name].reshape(job.n_trials, size) for name, size in self._sizes.items()},
            spikes={
                name: (of["spike_unit", name], of["spike_step", name], of["spike_end", name]) for name in job.spikes
            },
            samples={
                (array.owner, array.part): values.reshape(-1, self._n_sampled(job, array.owner, array.part))
                for array, values in found
                if array.content == "samples" and (array.owner, array.part) in job.samples
            },
            presentations=of["presentations", ""],
            steps=int(of["steps", ""][0]) if job.grid.continuous else None,
            seconds=dict(zip(self._objects, of["seconds", ""].tolist(), strict=job.profile)),
        )

    def _coefficients_of(self, job: Job) -> Mapping[tuple[str, str], Float64Array]:
        """The coefficients of all populations, as the same arrays as long as parameters are the same arrays."""
        parameters = [job.state[variable.name] for variable in self._program.parameters]
        return self._computed.once(job.plastic, parameters, lambda: self._coefficients(job))

    def _coefficients(self, job: Job) -> dict[tuple[str, str], Float64Array]:
        found = self._program.coefficients(job.plastic, job.state)
        return {name: frozen(np.array(values, dtype=np.float64)) for name, values in found.items()}

    def _n_sampled(self, job: Job, owner: str, symbol: str) -> int:
        """How many values each sample of a variable has."""
        units = job.samples[owner, symbol].units
        if units is not None:
            return len(units)
        return self._sizes[owner] if owner in self._sizes else len(job.state[f"{owner}.source"])


def _values(array: layout.Array, job: Job, reports: bool) -> np.ndarray:
    match array.content:
        case "header":
            grid = job.grid
            times = [grid.continuous, grid.steps, grid.presentation_steps, grid.first_step]
            # No limit is 0 bytes.
            limit = [0, 0] if job.limit is None else [job.limit.n_bytes, round(job.limit.seconds * 1e3)]
            return np.array([job.n_trials, job.plastic, job.profile, *times, reports, *limit, job.threads, grid.parts])
        case "spikes":
            return _listed(1, job.spikes[array.owner]) if array.owner in job.spikes else np.zeros(0)
        case "sample":
            wanted = job.samples.get((array.owner, array.part))
            return np.zeros(0) if wanted is None else _listed(wanted.every, wanted.units)
        case "keys":
            return job.keys
        case "correct":
            return job.correct
        case "signal":
            return job.signals[array.owner, array.part]
        case "drive" | "raster_offsets" | "raster_index":
            return _drive(array, job)
    raise AssertionError(f"a job has no {array.content}")


def _listed(first: int, units: np.ndarray | None) -> np.ndarray:
    """A number, followed by those of some units."""
    return np.append(first, [] if units is None else units)


def _drive(array: layout.Array, job: Job) -> np.ndarray:
    drive = job.drives[array.owner]
    if isinstance(drive, SpikeRaster):
        return drive.offsets if array.content == "raster_offsets" else drive.index
    return drive
