"""A recording as Neo's objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import neo
import quantities as pq

from bnsim.arrays import IntArray

if TYPE_CHECKING:
    from bnsim.recording.traces import SampledTrace
    from bnsim.recording.whole import Recording


def block_of(recording: Recording) -> neo.Block:
    """Return a block with a segment for each trial.

    Parameters
    ----------
    recording : Recording
        The recording.

    Returns
    -------
    neo.Block
        As `Recording.to_neo` says.
    """
    block = neo.Block(name="bnsim recording")
    for index, number in enumerate(recording.trials.tolist()):
        segment = neo.Segment(name=f"trial {number}", index=index, dt=recording.dt, trial=number)
        for population, spikes in recording.spikes.items():
            segment.spiketrains.extend(trains_of(recording, population, spikes.units, index))
        for population, traces in recording.traces.items():
            for variable, trace in traces.items():
                segment.analogsignals.append(_signal(recording, population, variable, trace, index))
        block.segments.append(segment)
    return block


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
    spikes, start = recording.spikes[population], recording.start
    trains = spikes.trains(trial)
    return [
        neo.SpikeTrain(
            trains[place],
            units=pq.s,
            t_start=start,
            t_stop=start + recording.duration,
            sampling_rate=1 / recording.dt * pq.Hz,
            name=f"{population} {unit}",
            population=population,
            unit=unit,
        )
        for unit, place in zip(units.tolist(), spikes.places(units), strict=True)
    ]


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
