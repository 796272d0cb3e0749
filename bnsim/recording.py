"""Recording of a run: spike counts always, spike times and traces where they were asked for.

Shapes
------
A recording covers `n` trials of `steps` time steps each. For a population of `N` units

- `counts[population]` is an integer array (n, N): spikes of each unit in each trial;
- `spikes[population]` is a `SpikeTimes`: flat arrays, one entry a spike;
- `traces[population][variable]` is a `SampledTrace`: values (n, samples, units) in the SI unit that it names;
- `weights[projection]` is a `SampledTrace` too, with one value for each synapse.

Times are seconds from the start of their trial. The recording of a continuous run has one trial, the run, and its times
are counted from the state's beginning. Only plain NumPy arrays are kept, no simulator object.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bnsim import archive
from bnsim.arrays import FloatArray, IntArray
from bnsim.binning import Bins
from bnsim.errors import InputError
from bnsim.selection import checked_index, known_population
from bnsim.times import Time

if TYPE_CHECKING:
    import neo

__all__ = ["Recording", "SampledTrace", "SpikeTimes"]


@dataclass(frozen=True)
class SpikeTimes:
    """Spikes of one population, ordered by trial, then time, then unit.

    Parameters
    ----------
    trial : ndarray of int, shape (n_spikes,)
        Index into the recording's trials.
    unit : ndarray of int, shape (n_spikes,)
        Index into the population.
    time : ndarray of float, shape (n_spikes,)
        Seconds since the start of the trial.

    Raises
    ------
    InputError
        If the arrays differ in length, or trials are not in order.
    """

    trial: IntArray
    unit: IntArray
    time: FloatArray

    def __post_init__(self) -> None:
        lengths = [len(self.trial), len(self.unit), len(self.time)]
        if len(set(lengths)) > 1:
            raise InputError(
                f"SpikeTimes: {lengths[0]} trials, {lengths[1]} units and {lengths[2]} times; give one of each a spike"
            )
        if (np.diff(self.trial) < 0).any():
            raise InputError("SpikeTimes.trial: not in order; sort the spikes by trial, then time, then unit")

    def __len__(self) -> int:
        return len(self.time)

    def of_trial(self, trial: int) -> tuple[FloatArray, IntArray]:
        """Return the spikes of one trial.

        Parameters
        ----------
        trial : int
            Index of the trial.

        Returns
        -------
        times : ndarray of float, shape (n_spikes,)
            Seconds since the start of the trial, in order.
        units : ndarray of int, shape (n_spikes,)
            The unit of each spike.
        """
        start, stop = np.searchsorted(self.trial, [trial, trial + 1])
        return self.time[start:stop], self.unit[start:stop]

    def trains(self, n_units: int, trial: int) -> list[FloatArray]:
        """Return the spike trains of one trial.

        Parameters
        ----------
        n_units : int
            Size of the population.
        trial : int
            Index of the trial.

        Returns
        -------
        list of ndarray of float
            Spike times in seconds since the start of the trial: one array a unit, in order.
        """
        times, units = self.of_trial(trial)
        order = np.argsort(units, kind="stable")
        return np.split(times[order], np.searchsorted(units[order], np.arange(1, n_units)))


@dataclass(frozen=True)
class SampledTrace:
    """Samples of a variable, or of the weights of a projection.

    Parameters
    ----------
    values : ndarray of float, shape (n_trials, n_samples, n_units)
        In the SI unit that `unit` names.
    times : ndarray of float, shape (n_samples,)
        When the samples were taken, at the start of a time step, in seconds.
    unit : str
        Such as ``"V"``; empty for a variable without unit.
    units : ndarray of int, shape (n_units,)
        The units of the population, or the synapses of the projection, that were sampled.

    Raises
    ------
    InputError
        If the shapes do not fit together.
    """

    values: FloatArray
    times: FloatArray
    unit: str
    units: IntArray

    def __post_init__(self) -> None:
        if self.values.shape[1:] != (len(self.times), len(self.units)):
            raise InputError(
                f"SampledTrace.values: of shape {self.values.shape} for {len(self.times)} times and "
                f"{len(self.units)} units; give an array (n_trials, n_samples, n_units)"
            )

    def of(self, unit: int) -> FloatArray:
        """Return the samples of one unit.

        Parameters
        ----------
        unit : int
            Its number in the population or projection.

        Returns
        -------
        ndarray of float, shape (n_trials, n_samples)
            In the SI unit that `unit` names.

        Raises
        ------
        InputError
            If this unit was not sampled.
        """
        (place,) = np.nonzero(self.units == unit)
        if not len(place):
            raise InputError(f"SampledTrace.of(unit): {unit} was not sampled; the units are {_shortly(self.units)}")
        return self.values[:, :, place[0]]


def _shortly(numbers: IntArray) -> str:
    shown = ", ".join(str(number) for number in numbers[:8])
    return f"{shown}, ..." if len(numbers) > 8 else shown


@dataclass(frozen=True)
class Recording:
    """What one run of a compiled network returned.

    Parameters
    ----------
    duration : float
        Length of a trial, or of a continuous run, in seconds.
    dt : float
        Time step in seconds.
    trials : ndarray of int, shape (n_trials,)
        The number of each trial, as given to the run.
    counts : mapping of str to ndarray of int, shape (n_trials, n_units)
        For each population the spikes of each unit in each trial.
    spikes : mapping of str to SpikeTimes
        Spike times of the populations for which they were asked for.
    traces : mapping of str to mapping of str to SampledTrace
        For each population and variable its trace, where it was asked for.
    presentations : ndarray of int, shape (n_trials,)
        How often each trial was presented (see `bnsim.Repetition`); the last presentation is what was recorded.
    weights : mapping of str to SampledTrace
        For each projection the samples of its weights, where they were asked for.
    start : float
        When a continuous run began, in seconds since the state's beginning; 0 for trials.

    Raises
    ------
    InputError
        If the spikes of a population are those of no population, or lie outside the trials, units or duration.

    Notes
    -----
    Times are seconds since the start of their trial, and in a continuous run since the state's beginning. Only plain
    arrays are kept, no object of the simulator.
    """

    duration: float
    dt: float
    trials: NDArray[np.uint64]
    counts: Mapping[str, IntArray]
    spikes: Mapping[str, SpikeTimes] = field(default_factory=dict)
    traces: Mapping[str, Mapping[str, SampledTrace]] = field(default_factory=dict)
    presentations: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    weights: Mapping[str, SampledTrace] = field(default_factory=dict)
    start: float = 0.0

    def __post_init__(self) -> None:
        if len(self.presentations) != len(self.trials):
            object.__setattr__(self, "presentations", np.ones(len(self.trials), np.int64))
        for population, spikes in self.spikes.items():
            size = self.populations[known_population("Recording.spikes", population, self.counts)]
            _check_range(f"Recording.spikes[{population!r}]", spikes, self.n_trials, size, self.start, self.duration)

    @property
    def n_trials(self) -> int:
        """Number of trials."""
        return len(self.trials)

    @property
    def n_steps(self) -> int:
        """Number of time steps of a trial."""
        return round(self.duration / self.dt)

    @property
    def first_step(self) -> int:
        """Number of the time step at which a continuous run began; 0 for trials."""
        return round(self.start / self.dt)

    @property
    def populations(self) -> dict[str, int]:
        """Name and size of every population, in the network's order."""
        return {name: counts.shape[1] for name, counts in self.counts.items()}

    def spike_times(self, population: str) -> SpikeTimes:
        """Return the recorded spikes of a population.

        Parameters
        ----------
        population : str
            Name of the population.

        Returns
        -------
        SpikeTimes
            The spikes of all trials.

        Raises
        ------
        InputError
            If there is no such population, or its spike times were not asked for.
        """
        known_population("Recording", population, self.counts)
        if population not in self.spikes:
            raise InputError(
                f"Recording.spikes: no spike times of {population!r} were recorded; "
                f"run again with record=[bnsim.Spikes({population!r})]"
            )
        return self.spikes[population]

    def trace(self, population: str, variable: str) -> SampledTrace:
        """Return a recorded trace.

        Parameters
        ----------
        population : str
            Name of the population.
        variable : str
            Name of the variable, such as ``"v"``.

        Returns
        -------
        SampledTrace
            Its samples in all trials.

        Raises
        ------
        InputError
            If there is no such population, or the trace was not asked for.
        """
        known_population("Recording", population, self.counts)
        try:
            return self.traces[population][variable]
        except (KeyError, TypeError):  # a name, or what cannot be one
            raise InputError(
                f"Recording.traces: no trace of {variable!r} in {population!r} was recorded; run again with "
                f"record=[bnsim.Trace({population!r}, {variable!r})]"
            ) from None

    def binned(self, population: str, bin_width: Time) -> NDArray[np.int32]:
        """Count the spikes of each unit in time bins.

        Parameters
        ----------
        population : str
            Name of the population.
        bin_width : float or Quantity
            Seconds, or a quantity with a unit of time: a whole number of time steps.

        Returns
        -------
        ndarray of int, shape (n_trials, n_bins, n_units)
            The counts. The last bin is shorter where the trial is no whole number of bins.

        Raises
        ------
        InputError
            If there is no such population, its spike times were not recorded, or the width is no whole number of steps.

        Notes
        -----
        Spikes are counted in whole time steps (see `bnsim.binning`), so that a spike on an edge always lies in the bin
        that begins there.
        """
        spikes = self.spike_times(population)
        bins = Bins.of("Recording.binned(bin_width)", bin_width, self.dt, self.n_steps, self.first_step)
        shape = (self.n_trials, len(bins), self.populations[population])
        places = np.ravel_multi_index((spikes.trial, bins.place(spikes.time), spikes.unit), shape)
        return np.bincount(places, minlength=math.prod(shape)).astype(np.int32).reshape(shape)

    def to_neo(self) -> neo.Block:
        """Return the recording as a Neo block.

        Returns
        -------
        neo.Block
            A segment a trial, with the spike train of each unit and an analog signal for each trace.

        Notes
        -----
        Each spike train carries its ``population`` and ``unit`` as annotations. Neo makes one Python object a train:
        this takes minutes for tens of thousands of units and trials.
        """
        import neo
        import quantities as pq

        block, start = neo.Block(name="bnsim recording"), self.start
        for index, number in enumerate(self.trials):
            segment = neo.Segment(name=f"trial {number}", index=index)
            for population, spikes in self.spikes.items():
                for unit, train in enumerate(spikes.trains(self.populations[population], index)):
                    segment.spiketrains.append(
                        neo.SpikeTrain(
                            train,
                            units=pq.s,
                            t_start=start,
                            t_stop=start + self.duration,
                            name=f"{population} {unit}",
                            population=population,
                            unit=unit,
                        )
                    )
            for population, traces in self.traces.items():
                for variable, trace in traces.items():
                    period = trace.times[1] - trace.times[0] if len(trace.times) > 1 else self.dt
                    segment.analogsignals.append(
                        neo.AnalogSignal(
                            trace.values[index],
                            units=trace.unit or "dimensionless",
                            t_start=trace.times[0] * pq.s,
                            sampling_period=period * pq.s,
                            name=f"{population} {variable}",
                            array_annotations={"unit": trace.units},
                        )
                    )
            block.segments.append(segment)
        return block

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the recording as plain arrays.

        Returns
        -------
        dict of str to ndarray
            What `save` writes, by name.
        """
        arrays: dict[str, np.ndarray] = {
            "start": np.array(self.start),
            "duration": np.array(self.duration),
            "dt": np.array(self.dt),
            "trials": self.trials,
            "presentations": self.presentations,
        }
        for population, counts in self.counts.items():
            arrays[f"counts/{population}"] = counts
        for population, spikes in self.spikes.items():
            for name in ("trial", "unit", "time"):
                arrays[f"spikes/{population}/{name}"] = getattr(spikes, name)
        for population, traces in self.traces.items():
            for variable, trace in traces.items():
                arrays |= _as_arrays(f"traces/{population}/{variable}", trace)
        for projection, trace in self.weights.items():
            arrays |= _as_arrays(f"weights/{projection}", trace)
        return arrays

    def save(self, path: str | Path) -> None:
        """Write the recording to an .npz file of plain arrays, which NumPy alone can read.

        Parameters
        ----------
        path : str or pathlib.Path
            The file, in a folder that exists.

        Raises
        ------
        MachineError
            If the file cannot be written; no part of it is left then.
        """
        archive.write("Recording", path, self.arrays())

    @classmethod
    def load(cls, path: str | Path) -> Recording:
        """Read a recording that `save` wrote; nothing is unpickled.

        Parameters
        ----------
        path : str or pathlib.Path
            The file.

        Returns
        -------
        Recording
            The same recording.

        Raises
        ------
        InputError
            If the file is no such archive.
        """
        data = archive.read("Recording", path)
        counts: dict[str, IntArray] = {}
        spikes: dict[str, dict[str, np.ndarray]] = {}
        traces: dict[str, dict[str, SampledTrace]] = {}
        weights: dict[str, SampledTrace] = {}
        try:
            for key, array in data.items():
                kind, _, rest = key.partition("/")
                owner, _, name = rest.rpartition("/")
                if kind == "counts":
                    counts[rest] = array
                elif kind == "spikes":
                    spikes.setdefault(owner, {})[name] = array
                elif kind == "traces" and name == "values":
                    population, variable = owner.split("/")
                    traces.setdefault(population, {})[variable] = _from_arrays(f"traces/{owner}", data)
                elif kind == "weights" and name == "values":
                    weights[owner] = _from_arrays(f"weights/{owner}", data)
            return cls(
                duration=float(data["duration"]),
                dt=float(data["dt"]),
                trials=data["trials"],
                counts=counts,
                spikes={population: SpikeTimes(**arrays) for population, arrays in spikes.items()},
                traces=traces,
                presentations=data["presentations"],
                weights=weights,
                start=float(data["start"]),
            )
        except (KeyError, ValueError, TypeError) as error:
            raise archive.foreign("Recording", path, error) from None


def _as_arrays(name: str, trace: SampledTrace) -> dict[str, np.ndarray]:
    parts = {"values": trace.values, "times": trace.times, "units": trace.units, "unit": np.array(trace.unit)}
    return {f"{name}/{part}": array for part, array in parts.items()}


def _from_arrays(name: str, data: Mapping[str, np.ndarray]) -> SampledTrace:
    values, times, units, unit = (data[f"{name}/{part}"] for part in ("values", "times", "units", "unit"))
    return SampledTrace(values, times, str(unit), units)


def _check_range(culprit: str, spikes: SpikeTimes, n_trials: int, n_units: int, start: float, duration: float) -> None:
    """Refuse spikes of trials or units that there are not, and times that are not within the trial."""
    if not len(spikes):
        return
    if not (spikes.time.min() >= start and spikes.time.max() < start + duration):  # NaN is neither
        raise InputError(
            f"{culprit}.time: not within the trial of {start:g} to {start + duration:g} s; give times from its start"
        )
    for what, values, size in (("trial", spikes.trial, n_trials), ("unit", spikes.unit, n_units)):
        for value in (values.min(), values.max()):
            checked_index(f"{culprit}.{what}", value, size, what)
