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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bnsim import archive, notebook
from bnsim.arrays import FloatArray, IntArray
from bnsim.binning import Bins, whole_steps
from bnsim.errors import InputError
from bnsim.selection import checked_index, known_population
from bnsim.times import Time

if TYPE_CHECKING:
    import neo

__all__ = ["Recording", "SampledTrace", "SpikeTimes"]

MOST_SHOWN = 2000
"""Spikes that a notebook shows as a raster; with more it would grow by hundreds of kilobytes."""


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
        if self.trial.strides != (0,) and (np.diff(self.trial) < 0).any():  # one number for all takes no memory
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
        When the recording begins: that of a continuous run in seconds since the state's beginning, that of trials at 0,
        and a window of either where the window starts.
    sizes : mapping of str to int
        Size of every population, where `counts` does not hold them all: in a window. Empty otherwise.

    Raises
    ------
    InputError
        If the spikes of a population are those of no population, or lie outside the trials, units or duration.

    Notes
    -----
    Times are seconds since the start of their trial, and in a continuous run since the state's beginning. Only plain
    arrays are kept, no object of the simulator. The arrays of a run that was written to a folder (`Simulator.run_for`
    with `to`) are mapped into memory: only what is looked at is read, so take a `window` of a long run.
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
    sizes: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.presentations) != len(self.trials):
            object.__setattr__(self, "presentations", np.ones(len(self.trials), np.int64))
        for population, spikes in self.spikes.items():
            size = self.populations[known_population("Recording.spikes", population, self.populations)]
            if not isinstance(spikes.time, np.memmap):  # what lies on disk is not read before it is looked at
                culprit = f"Recording.spikes[{population!r}]"
                _check_range(culprit, spikes, self.n_trials, size, self.start, self.duration)

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
        """Number of the time step at which the recording begins."""
        return round(self.start / self.dt)

    @property
    def populations(self) -> dict[str, int]:
        """Name and size of every population, in the network's order."""
        return dict(self.sizes) or {name: counts.shape[1] for name, counts in self.counts.items()}

    def spike_counts(self, population: str) -> IntArray:
        """Return how often each unit of a population fired.

        Parameters
        ----------
        population : str
            Name of the population.

        Returns
        -------
        ndarray of int, shape (n_trials, n_units)
            The numbers of spikes.

        Raises
        ------
        InputError
            If there is no such population, or this is a window and not all of its spikes were recorded.
        """
        known_population("Recording", population, self.populations)
        if population not in self.counts:
            raise InputError(
                f"Recording.counts: not known in this window, for not all spikes of {population!r} were recorded; "
                f"run again with record=[bnsim.Spikes({population!r})]"
            )
        return self.counts[population]

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
        known_population("Recording", population, self.populations)
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
        known_population("Recording", population, self.populations)
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

    def window(self, start: Time, stop: Time) -> Recording:
        """Return what was recorded from one moment to another.

        Parameters
        ----------
        start, stop : float or Quantity
            The window includes `start` and excludes `stop`: whole numbers of time steps, seconds where they have no
            unit. Both are counted as the recording's times are.

        Returns
        -------
        Recording
            The part, whose times are what they were. Arrays that are mapped from disk stay so.

        Raises
        ------
        InputError
            If the window is empty, does not lie within the recording, or is no whole number of steps.

        Notes
        -----
        Spikes are counted anew, so `counts` holds only the populations all of whose spikes were recorded.
        """
        first, last = (whole_steps(f"Recording.window({n})", t, self.dt) for n, t in (("start", start), ("stop", stop)))
        end = self.first_step + self.n_steps
        if not self.first_step <= first < last <= end:
            raise InputError(
                f"Recording.window: {first * self.dt:g} to {last * self.dt:g} s does not lie within the recording of "
                f"{self.start:g} to {end * self.dt:g} s; give {self.start:g} <= start < stop <= {end * self.dt:g}"
            )
        edges = (first - 0.5) * self.dt, (last - 0.5) * self.dt
        spikes = {name: _cut_spikes(found, self.n_trials, edges) for name, found in self.spikes.items()}
        whole = [name for name in spikes if name in self.counts and len(self.spikes[name]) == self.counts[name].sum()]
        return Recording(
            duration=(last - first) * self.dt,
            dt=self.dt,
            trials=self.trials,
            counts={name: _counted(spikes[name], self.n_trials, self.populations[name]) for name in whole},
            spikes=spikes,
            traces={
                name: {variable: _cut_trace(trace, edges) for variable, trace in traces.items()}
                for name, traces in self.traces.items()
            },
            presentations=self.presentations,
            weights={name: _cut_trace(trace, edges) for name, trace in self.weights.items()},
            start=first * self.dt,
            sizes=self.populations,
        )

    @classmethod
    def joined(cls, recordings: Sequence[Recording]) -> Recording:
        """Join recordings of consecutive parts of one continuous run.

        Parameters
        ----------
        recordings : sequence of Recording
            The parts, in order; in all of them the same was recorded.

        Returns
        -------
        Recording
            The same as that of one long run. All arrays are loaded into memory.

        Raises
        ------
        InputError
            If there is none, they are trials, their networks or what was recorded differ, or one does not begin where
            the one before ends.
        """
        parts = list(recordings)
        check_consecutive("Recording.joined", parts)
        first = parts[0]
        counted = [name for name in first.populations if all(name in part.counts for part in parts)]
        return cls(
            duration=sum(part.n_steps for part in parts) * first.dt,
            dt=first.dt,
            trials=first.trials,
            counts={name: np.sum([part.counts[name] for part in parts], axis=0, dtype=np.int64) for name in counted},
            spikes={name: _joined_spikes([part.spikes[name] for part in parts]) for name in first.spikes},
            traces={
                name: {v: _joined_traces([part.traces[name][v] for part in parts]) for v in traces}
                for name, traces in first.traces.items()
            },
            presentations=first.presentations,
            weights={name: _joined_traces([part.weights[name] for part in parts]) for name in first.weights},
            start=first.start,
            sizes={} if len(counted) == len(first.populations) else first.populations,
        )

    def _repr_html_(self) -> str:
        """Return what notebooks show: rates, what was recorded, and few spikes as a raster of the first trial."""
        trials = "" if self.n_trials == 1 else f", {self.n_trials:,} trials"
        begun = f" from {self.start:g} s" if self.start else ""
        rows = []
        for name, size in self.populations.items():
            counts = self.counts.get(name)
            rate = "" if counts is None or not counts.size else f"{counts.mean() / self.duration:.3g}"
            times = f"{len(self.spikes[name]):,}" if name in self.spikes else ""
            traces = ", ".join(self.traces.get(name, ()))
            rows.append((name, size, "" if counts is None else int(counts.sum()), rate, times, traces))
        head = ["population", "units", "spikes", "rate (Hz)", "spike times", "traces"]
        weights = [(name, len(trace.times)) for name, trace in self.weights.items()]
        return (
            notebook.heading(f"Recording of {self.duration:g} s{begun}{trials}, steps of {self.dt * 1e3:g} ms")
            + notebook.table(head, rows)
            + notebook.table(["projection", "samples of weights"], weights)
            + self._small_raster()
        )

    def _small_raster(self) -> str:
        if not 0 < sum(len(found) for found in self.spikes.values()) <= MOST_SHOWN:
            return ""
        window = (self.start, self.start + self.duration)
        return notebook.raster({n: found.of_trial(0) for n, found in self.spikes.items()}, self.populations, window)

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
        for population, size in self.sizes.items():
            arrays[f"sizes/{population}"] = np.array(size)
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
        """Read a recording that `save` or a run wrote; nothing is unpickled.

        Parameters
        ----------
        path : str or pathlib.Path
            The file of `save`; or the folder that a run was told to write `to`, complete or interrupted, whose arrays
            are mapped into memory.

        Returns
        -------
        Recording
            The same recording.

        Raises
        ------
        InputError
            If the file or folder is no such archive.
        """
        data = archive.read("Recording", path)
        counts: dict[str, IntArray] = {}
        spikes: dict[str, dict[str, np.ndarray]] = {}
        traces: dict[str, dict[str, SampledTrace]] = {}
        weights: dict[str, SampledTrace] = {}
        sizes: dict[str, int] = {}
        try:
            if "steps" in data:
                data = _of_pieces(data)
            for key, array in data.items():
                kind, _, rest = key.partition("/")
                owner, _, name = rest.rpartition("/")
                if kind == "sizes":
                    sizes[rest] = int(array)
                elif kind == "counts":
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
                sizes=sizes,
            )
        except (KeyError, ValueError, TypeError) as error:
            raise archive.foreign("Recording", path, error) from None


def check_consecutive(culprit: str, recordings: Sequence[Recording]) -> None:
    """Refuse recordings that are not consecutive parts of one continuous run.

    Parameters
    ----------
    culprit : str
        What they were given to, for the message of an error.
    recordings : sequence of Recording
        The recordings.

    Raises
    ------
    InputError
        If there is none, they are trials, their networks or what was recorded differ, or one does not begin where the
        one before ends.
    """
    if not recordings:
        raise InputError(f"{culprit}: no recording; give at least one")
    first = recordings[0]
    for index, part in enumerate(recordings):
        if part.n_trials != 1:
            raise InputError(f"{culprit}: recording {index} is of {part.n_trials} trials; give recordings of run_for")
        for what, one, other in (
            ("time steps", first.dt, part.dt),
            ("populations", first.populations, part.populations),
            ("kinds of records", _recorded(first), _recorded(part)),
        ):
            if one != other:
                raise InputError(
                    f"{culprit}: recording {index} has other {what} ({_differing(other, one)}) than the first "
                    f"({_differing(one, other)}); give parts of one run in which the same is recorded"
                )
    for index, (before, part) in enumerate(pairwise(recordings), start=1):
        end = before.first_step + before.n_steps
        if part.first_step != end:
            raise InputError(
                f"{culprit}: recording {index} begins at {part.start:g} s, where the one before ends at "
                f"{end * first.dt:g} s; give consecutive parts of one run, in order"
            )


def _recorded(recording: Recording) -> set[tuple[object, ...]]:
    """Everything that was recorded, by kind, owner, variable and the units of samples."""
    traces = [("trace of", name, v, t) for name, found in recording.traces.items() for v, t in found.items()]
    traces += [("weights of", name, "w", trace) for name, trace in recording.weights.items()]
    sampled = {(kind, name, v, len(t.units), t.units.tobytes()) for kind, name, v, t in traces}
    return {("spikes of", name) for name in recording.spikes} | sampled


def _differing(one: object, other: object) -> str:
    """What one has and the other has not, in short."""
    if isinstance(one, set) and isinstance(other, set):
        return ", ".join(sorted(" ".join(map(str, entry[:3])) for entry in one - other)) or "less"
    return f"{one:g} s" if isinstance(one, float) else str(one)


def _cut_spikes(spikes: SpikeTimes, n_trials: int, edges: tuple[float, float]) -> SpikeTimes:
    if n_trials == 1:  # in order of time
        part: Any = slice(*np.searchsorted(spikes.time, edges))
    else:
        part = (spikes.time >= edges[0]) & (spikes.time < edges[1])
    return SpikeTimes(spikes.trial[part], spikes.unit[part], spikes.time[part])


def _cut_trace(trace: SampledTrace, edges: tuple[float, float]) -> SampledTrace:
    part = slice(*np.searchsorted(trace.times, edges))
    return SampledTrace(trace.values[:, part], trace.times[part], trace.unit, trace.units)


def _counted(spikes: SpikeTimes, n_trials: int, size: int) -> IntArray:
    places = spikes.trial * size + spikes.unit
    return np.bincount(places, minlength=n_trials * size).reshape(n_trials, size)


def _joined_spikes(parts: Sequence[SpikeTimes]) -> SpikeTimes:
    return SpikeTimes(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("trial", "unit", "time")))


def _joined_traces(parts: Sequence[SampledTrace]) -> SampledTrace:
    values = np.concatenate([part.values for part in parts], axis=1)
    return SampledTrace(values, np.concatenate([part.times for part in parts]), parts[0].unit, parts[0].units)


def _of_pieces(grown: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays of a recording from those that `bnsim.stream` has written piece by piece."""
    dt = float(grown["dt"])
    data: dict[str, np.ndarray] = {
        "start": np.array(int(grown["first_step"]) * dt),
        "duration": np.array(int(grown["steps"]) * dt),
        "dt": np.array(dt),
        "trials": np.zeros(1, np.uint64),
        "presentations": np.ones(1, np.int64),
    }
    for name, array in grown.items():
        kind, part = name.partition("/")[0], name.rpartition("/")[2]
        if kind == "counts":  # a row a piece
            data[name] = array.sum(axis=0, dtype=np.int64)[None]
        elif kind in ("spikes", "traces", "weights"):
            data[name] = array[None] if part == "values" else array
        if kind == "spikes" and part == "time":
            data[f"{name.removesuffix('time')}trial"] = np.broadcast_to(np.int64(0), array.shape)
    return data


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
