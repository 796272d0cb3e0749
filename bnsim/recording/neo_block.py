"""A recording as Neo's objects; spike trains are made when they are asked for, since Neo takes long for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import neo
import numpy as np
import quantities as pq
from neo.core.spiketrainlist import SpikeTrainList

from bnsim.arrays import FloatArray, IntArray
from bnsim.recording.grouped import Trains, by_unit

if TYPE_CHECKING:
    from bnsim.recording.traces import SampledTrace
    from bnsim.recording.whole import Recording


def block_of(recording: Recording, positions: Mapping[str, FloatArray]) -> neo.Block:
    """Return a block with a segment for each trial.

    Parameters
    ----------
    recording : Recording
        The recording.
    positions : mapping of str to ndarray of float
        For populations, where their units lie, in metres.

    Returns
    -------
    neo.Block
        As `Recording.to_neo` says.
    """
    block = neo.Block(name="bnsim recording")
    for index, number in enumerate(recording.trials.tolist()):
        segment = neo.Segment(name=f"trial {number}", index=index, dt=recording.dt, trial=number)
        segment.spiketrains = LazySpikeTrains.of_trial(recording, index, positions, segment)
        for population, traces in recording.traces.items():
            for variable, trace in traces.items():
                segment.analogsignals.append(_signal(recording, population, variable, trace, index))
        block.segments.append(segment)
    return block


class LazySpikeTrains(SpikeTrainList):
    """List Neo's spike trains of one trial, each of which is made when it is asked for, and not kept.

    Parameters
    ----------
    items : sequence of neo.SpikeTrain, optional
        Trains of an ordinary list, such as Neo makes of two lists that are joined.
    parent : neo.Segment, optional
        The segment that the trains belong to.

    Notes
    -----
    Length, items, slices, iteration and `multiplexed` make no other train. What changes the list (`append`, `extend`,
    assignment) or joins it to another makes all trains first, and so does `neo.Segment.t_start`; from then on this is
    an ordinary list of Neo's. Until then, what is changed in a train is lost with it.
    """

    _made: list[neo.SpikeTrain] | None
    _recording: Recording
    _trial: int
    _positions: Mapping[str, FloatArray]
    _names: list[str]
    _edges: IntArray
    _grouped: dict[str, Trains]

    def __init__(self, items: Sequence[neo.SpikeTrain] | None = None, parent: neo.Segment | None = None) -> None:
        super().__init__(items=[] if items is None else items, parent=parent)

    @classmethod
    def of_trial(
        cls, recording: Recording, trial: int, positions: Mapping[str, FloatArray], parent: neo.Segment
    ) -> LazySpikeTrains:
        """Return the trains of a trial.

        Parameters
        ----------
        recording : Recording
            The recording.
        trial : int
            Index of the trial.
        positions : mapping of str to ndarray of float
            For populations, where their units lie, in metres.
        parent : neo.Segment
            The segment that the trains belong to.

        Returns
        -------
        LazySpikeTrains
            The list, of which no train is made yet.
        """
        found = cls(parent=parent)
        found._made = None
        found._recording, found._trial, found._positions = recording, trial, positions
        found._names = list(recording.spikes)
        found._edges = np.cumsum([0, *(len(spikes.units) for spikes in recording.spikes.values())])
        found._grouped = {}
        stop = recording.start + recording.duration
        found._spiketrain_metadata = {"t_start": recording.start * pq.s, "t_stop": stop * pq.s}
        return found

    @property
    def _items(self) -> list[neo.SpikeTrain]:
        """What Neo's own methods read: all trains."""
        if self._made is None:
            self._made = list(self)
        return self._made

    @_items.setter
    def _items(self, items: list[neo.SpikeTrain]) -> None:
        self._made = items

    def __len__(self) -> int:
        return int(self._edges[-1]) if self._made is None else len(self._made)

    def __iter__(self) -> Iterator[neo.SpikeTrain]:
        return iter(self._made) if self._made is not None else map(self._train, range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        if self._made is not None:
            return super().__getitem__(index)
        found = range(len(self))[index]
        return self._train(found) if isinstance(found, int) else SpikeTrainList([self._train(place) for place in found])

    def __str__(self) -> str:
        return f"<{len(self)} spike trains>"

    @property
    def multiplexed(self) -> tuple[IntArray, pq.Quantity]:
        """Place of its train in this list, and time, of every spike."""
        if self._made is not None:
            found: tuple[IntArray, pq.Quantity] = super().multiplexed
            return found
        grouped = [self._trains(name) for name in self._names]
        lengths = np.concatenate([np.zeros(0, np.int64), *(np.diff(trains.edges) for trains in grouped)])
        times = np.concatenate([np.zeros(0), *(trains.times for trains in grouped)])
        return np.repeat(np.arange(len(self)), lengths), times * pq.s

    @property
    def all_channel_ids(self) -> list[int]:
        """Places in this list, which `multiplexed` names."""
        return list(range(len(self)))

    def _trains(self, population: str) -> Trains:
        if population not in self._grouped:
            self._grouped[population] = by_unit(self._recording.spike_times(population), self._trial)
        return self._grouped[population]

    def _train(self, index: int) -> neo.SpikeTrain:
        which = int(np.searchsorted(self._edges, index, side="right")) - 1
        name, place = self._names[which], index - int(self._edges[which])
        unit = int(self._recording.spikes[name].units[place])
        train = _train(self._recording, name, unit, self._trains(name).of(place))
        if name in self._positions:
            train.annotate(position=self._positions[name][unit] * pq.m)
        train.segment = self.segment
        return train


def trains_of(recording: Recording, population: str, units: IntArray, trial: int) -> list[neo.SpikeTrain]:
    """Return the spike trains of units in one trial.

    Parameters
    ----------
    recording : Recording
        The recording.
    population : str
        Name of the population.
    units : ndarray of int
        Units whose spikes were recorded.
    trial : int
        Index of the trial.

    Returns
    -------
    list of neo.SpikeTrain
        One a unit.
    """
    spikes = recording.spike_times(population)
    trains, places = by_unit(spikes, trial), spikes.places(units).tolist()
    return [
        _train(recording, population, unit, trains.of(place))
        for unit, place in zip(units.tolist(), places, strict=True)
    ]


def _train(recording: Recording, population: str, unit: int, times: FloatArray) -> neo.SpikeTrain:
    return neo.SpikeTrain(
        times,
        units=pq.s,
        t_start=recording.start,
        t_stop=recording.start + recording.duration,
        sampling_rate=1 / recording.dt * pq.Hz,
        name=f"{population} {unit}",
        population=population,
        unit=unit,
    )


def _signal(recording: Recording, population: str, variable: str, trace: SampledTrace, trial: int) -> neo.AnalogSignal:
    period = trace.times[1] - trace.times[0] if len(trace.times) > 1 else recording.dt
    return neo.AnalogSignal(
        trace.values[trial],
        units=trace.unit or "dimensionless",
        t_start=trace.times[0] * pq.s,
        sampling_period=period * pq.s,
        name=f"{population} {variable}",
        population=population,
        variable=variable,
        array_annotations={"unit": trace.units},
    )
