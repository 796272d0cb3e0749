"""The recording of a run as a whole."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bnsim import archive
from bnsim.arrays import IntArray
from bnsim.binning import Bins, whole_steps
from bnsim.errors import InputError
from bnsim.memory import check_fits
from bnsim.parts import in_parts
from bnsim.recording import in_notebooks, in_words
from bnsim.recording import spikes as spikes_of
from bnsim.recording import traces as traces_of
from bnsim.recording.arrays import as_arrays, fields
from bnsim.recording.consecutive import check_consecutive
from bnsim.recording.formats import Formats
from bnsim.recording.spikes import SpikeTimes
from bnsim.recording.traces import SampledTrace
from bnsim.selection import known_population
from bnsim.times import Time


@dataclass(frozen=True, eq=False, repr=False)
class Recording(Formats):
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
    _looked_at: set[str] = field(default_factory=set, init=False)
    """Populations whose spikes lie on disk and have been checked."""

    def __post_init__(self) -> None:
        if len(self.presentations) != len(self.trials):
            object.__setattr__(self, "presentations", np.ones(len(self.trials), np.int64))
        checked = {}
        for population, spikes in self.spikes.items():
            size = self.populations[known_population("Recording.spikes", population, self.populations)]
            culprit = f"Recording.spikes[{population!r}]"
            checked[population] = spikes_of.with_units(culprit, spikes, size)
            if not isinstance(spikes.time, np.memmap):  # what lies on disk is not read before it is looked at
                self._check_spikes(population, checked[population])
        object.__setattr__(self, "spikes", checked)

    def _check_spikes(self, population: str, spikes: SpikeTimes) -> None:
        culprit, size = f"Recording.spikes[{population!r}]", self.populations[population]
        spikes_of.check_range(culprit, spikes, self.n_trials, size, self.start, self.duration)

    def __eq__(self, other: object) -> bool:
        """Return whether another recording holds the same arrays; NaN equals NaN."""
        return archive.equal(self.arrays(), other.arrays()) if isinstance(other, Recording) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # it holds arrays

    def __repr__(self) -> str:
        return in_words.text(self)

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
        found = self.spikes[population]
        if isinstance(found.time, np.memmap) and population not in self._looked_at:
            self._check_spikes(population, found)
            self._looked_at.add(population)
        return found

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
        ndarray of int, shape (n_trials, n_bins, n_recorded)
            The counts of the units whose spikes were recorded, in the order of `spike_times(population).units`: of all
            units, where `bnsim.Spikes` named none. The last bin is shorter where the trial is no whole number of bins.

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
        shape = (self.n_trials, len(bins), len(spikes.units))
        check_fits("Recording.binned(bin_width)", 4.0 * math.prod(shape), "give wider bins, or take a window")
        counts = np.zeros(math.prod(shape), np.int32)
        for trial, unit, time in in_parts(spikes.trial, spikes.unit, spikes.time) if counts.size else ():
            places = np.ravel_multi_index((trial, bins.place(time), spikes.places(unit)), shape)
            np.add.at(counts, places, np.int32(1))  # quick where the numbers are of the same kind
        return counts.reshape(shape)

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
        Spikes are counted anew, so `counts` holds only the populations all of whose units were recorded.
        """
        first, last = (whole_steps(f"Recording.window({n})", t, self.dt) for n, t in (("start", start), ("stop", stop)))
        end = self.first_step + self.n_steps
        if not self.first_step <= first < last <= end:
            raise InputError(
                f"Recording.window: {first * self.dt:g} to {last * self.dt:g} s does not lie within the recording of "
                f"{self.start:g} to {end * self.dt:g} s; give {self.start:g} <= start < stop <= {end * self.dt:g}"
            )
        edges = (first - 0.5) * self.dt, (last - 0.5) * self.dt
        spikes = {name: spikes_of.cut(found, self.n_trials, edges) for name, found in self.spikes.items()}
        for name, found in spikes.items():
            if isinstance(found.time, np.memmap):
                self._check_spikes(name, found)
        whole = [name for name in spikes if len(self.spikes[name].units) == self.populations[name]]
        return Recording(
            duration=(last - first) * self.dt,
            dt=self.dt,
            trials=self.trials,
            counts={name: spikes_of.counted(spikes[name], self.n_trials, self.populations[name]) for name in whole},
            spikes=spikes,
            traces={
                name: {variable: traces_of.cut(trace, edges) for variable, trace in traces.items()}
                for name, traces in self.traces.items()
            },
            presentations=self.presentations,
            weights={name: traces_of.cut(trace, edges) for name, trace in self.weights.items()},
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
            spikes={name: spikes_of.joined([part.spikes[name] for part in parts]) for name in first.spikes},
            traces={
                name: {v: traces_of.joined([part.traces[name][v] for part in parts]) for v in traces}
                for name, traces in first.traces.items()
            },
            presentations=first.presentations,
            weights={name: traces_of.joined([part.weights[name] for part in parts]) for name in first.weights},
            start=first.start,
            sizes={} if len(counted) == len(first.populations) else first.populations,
        )

    def _repr_html_(self) -> str:
        """Return what notebooks show: rates, what was recorded, and few spikes as a raster of the first trial."""
        return in_notebooks.html(self)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the recording as plain arrays.

        Returns
        -------
        dict of str to ndarray
            What `save` writes, by name.
        """
        return as_arrays(self)

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
            If the file or folder is no such archive, or a state's.
        """
        data = archive.read("Recording", path)
        try:
            return cls(**fields(data))
        except (KeyError, ValueError, TypeError) as error:
            raise archive.foreign("Recording", path, error) from None
