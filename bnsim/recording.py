"""What was seen: spike counts always, spike times and traces where they were asked for.

Shapes
------
A recording covers `n` trials of `steps` time steps each. For a population of `N` units

- `counts[population]` is an integer array (n, N): spikes of each unit in each trial;
- `spikes[population]` is a `SpikeTimes`: flat arrays, one entry a spike;
- `traces[population][variable]` is a `Trace`: values (n, steps, N) in the SI unit that it names.

Times are seconds from the start of their trial. Only plain NumPy arrays are kept, no simulator object.
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
from bnsim.errors import InputError

if TYPE_CHECKING:
    import neo

__all__ = ["Recording", "SpikeTimes", "Trace"]

IntArray = NDArray[np.integer]
FloatArray = NDArray[np.floating]


@dataclass(frozen=True)
class SpikeTimes:
    """Spikes of one population, ordered by trial, then time, then unit.

    trial: index into the recording's trials; unit: index into the population; time: seconds since the trial began.
    """

    trial: IntArray
    unit: IntArray
    time: FloatArray

    def __len__(self) -> int:
        return len(self.time)

    def of_trial(self, trial: int) -> tuple[FloatArray, IntArray]:
        """Times (s) and units of one trial."""
        start, stop = np.searchsorted(self.trial, [trial, trial + 1])
        return self.time[start:stop], self.unit[start:stop]

    def trains(self, n_units: int, trial: int) -> list[FloatArray]:
        """One array of spike times (s) a unit."""
        times, units = self.of_trial(trial)
        order = np.argsort(units, kind="stable")
        return np.split(times[order], np.searchsorted(units[order], np.arange(1, n_units)))


@dataclass(frozen=True)
class Trace:
    """A variable sampled at the start of every time step: values (trial, step, unit) in the SI unit `unit`."""

    values: FloatArray
    unit: str


@dataclass(frozen=True)
class Recording:
    """What one run of a compiled network returned (see the module's notes for shapes)."""

    duration: float
    """Length of a trial in seconds."""
    dt: float
    """Time step in seconds."""
    trials: NDArray[np.uint64]
    """The number of each trial, as given in the stimulus."""
    counts: Mapping[str, IntArray]
    spikes: Mapping[str, SpikeTimes] = field(default_factory=dict)
    traces: Mapping[str, Mapping[str, Trace]] = field(default_factory=dict)
    presentations: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    """How often each trial was presented (see `bnsim.Repetition`), of which the last is what was recorded."""

    def __post_init__(self) -> None:
        if len(self.presentations) != len(self.trials):
            object.__setattr__(self, "presentations", np.ones(len(self.trials), np.int64))

    @property
    def n_trials(self) -> int:
        return len(self.trials)

    @property
    def n_steps(self) -> int:
        return round(self.duration / self.dt)

    @property
    def populations(self) -> dict[str, int]:
        """Name and size of every population, in the network's order."""
        return {name: counts.shape[1] for name, counts in self.counts.items()}

    def spike_times(self, population: str) -> SpikeTimes:
        """The recorded spikes of a population.

        Errors: InputError where its spike times were not asked for.
        """
        self._known(population)
        if population not in self.spikes:
            raise InputError(
                f"Recording.spikes: no spike times of {population!r} were recorded; "
                f"run again with record=[{population!r}]"
            )
        return self.spikes[population]

    def trace(self, population: str, variable: str) -> Trace:
        """A recorded trace. Errors: InputError where it was not asked for."""
        self._known(population)
        try:
            return self.traces[population][variable]
        except KeyError:
            raise InputError(
                f"Recording.traces: no trace of {variable!r} in {population!r} was recorded; compile with "
                f"traces={{{population!r}: [{variable!r}]}} and run with record=[{population!r}]"
            ) from None

    def binned(self, population: str, bin_width: float) -> IntArray:
        """Spike counts (trial, bin, unit) in bins of `bin_width` seconds, rounded to steps; the last may be shorter."""
        spikes = self.spike_times(population)
        if not math.isfinite(bin_width):
            raise InputError(f"Recording.binned: bin_width {bin_width} is not finite; give a width in seconds")
        steps_per_bin = round(bin_width / self.dt)
        if steps_per_bin < 1:
            raise InputError(
                f"Recording.binned: bin_width {bin_width} s is below the time step {self.dt} s; choose a longer bin"
            )
        n_bins = -(-self.n_steps // steps_per_bin)
        shape = (self.n_trials, n_bins, self.populations[population])
        bins = np.rint(spikes.time / self.dt).astype(np.int64) // steps_per_bin
        places = np.ravel_multi_index((spikes.trial, bins, spikes.unit), shape)
        return np.bincount(places, minlength=math.prod(shape)).astype(np.int32).reshape(shape)

    def _known(self, population: str) -> None:
        if population not in self.counts:
            raise InputError(
                f"Recording: unknown population {population!r}; it holds {', '.join(map(repr, self.counts))}"
            )

    def to_neo(self) -> neo.Block:
        """A Neo block with a segment a trial: spike trains of each unit, an analog signal for each trace."""
        import neo
        import quantities as pq

        block = neo.Block(name="bnsim recording")
        for index, number in enumerate(self.trials):
            segment = neo.Segment(name=f"trial {number}", index=index)
            for population, spikes in self.spikes.items():
                for unit, train in enumerate(spikes.trains(self.populations[population], index)):
                    segment.spiketrains.append(
                        neo.SpikeTrain(
                            train,
                            units=pq.s,
                            t_stop=self.duration,
                            name=f"{population} {unit}",
                            population=population,
                            unit=unit,
                        )
                    )
            for population, traces in self.traces.items():
                for variable, trace in traces.items():
                    segment.analogsignals.append(
                        neo.AnalogSignal(
                            trace.values[index],
                            units=trace.unit or "dimensionless",
                            sampling_period=self.dt * pq.s,
                            name=f"{population} {variable}",
                        )
                    )
            block.segments.append(segment)
        return block

    def arrays(self) -> dict[str, np.ndarray]:
        """The recording as plain arrays: what `save` writes."""
        arrays: dict[str, np.ndarray] = {
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
                arrays[f"traces/{population}/{variable}/{trace.unit}"] = trace.values
        return arrays

    def save(self, path: str | Path) -> None:
        """Write an .npz of plain arrays, read by `Recording.load` or by NumPy alone.

        Errors: MachineError where that cannot be done.
        """
        archive.write("Recording", path, self.arrays())

    @classmethod
    def load(cls, path: str | Path) -> Recording:
        """Read what `save` wrote; nothing is unpickled. Errors: a file that is no such archive."""
        data = archive.read("Recording", path)
        counts: dict[str, IntArray] = {}
        spikes: dict[str, dict[str, np.ndarray]] = {}
        traces: dict[str, dict[str, Trace]] = {}
        try:
            for key, array in data.items():
                kind, _, rest = key.partition("/")
                if kind == "counts":
                    counts[rest] = array
                elif kind == "spikes":
                    population, _, name = rest.rpartition("/")
                    spikes.setdefault(population, {})[name] = array
                elif kind == "traces":
                    population, variable, unit = rest.split("/", 2)
                    traces.setdefault(population, {})[variable] = Trace(array, unit)
            return cls(
                duration=float(data["duration"]),
                dt=float(data["dt"]),
                trials=data["trials"],
                counts=counts,
                spikes={population: SpikeTimes(**arrays) for population, arrays in spikes.items()},
                traces=traces,
                presentations=data["presentations"],
            )
        except (KeyError, ValueError, TypeError) as error:
            raise archive.foreign("Recording", path, error) from None
