"""A recording as Neo's objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import neo
import quantities as pq

if TYPE_CHECKING:
    from bnsim.recording.whole import Recording


def block_of(recording: Recording) -> neo.Block:
    """Return a block with a segment for each trial."""
    block, start = neo.Block(name="bnsim recording"), recording.start
    for index, number in enumerate(recording.trials):
        segment = neo.Segment(name=f"trial {number}", index=index)
        for population, spikes in recording.spikes.items():
            for unit, train in zip(spikes.units.tolist(), spikes.trains(index), strict=True):
                segment.spiketrains.append(
                    neo.SpikeTrain(
                        train,
                        units=pq.s,
                        t_start=start,
                        t_stop=start + recording.duration,
                        name=f"{population} {unit}",
                        population=population,
                        unit=unit,
                    )
                )
        for population, traces in recording.traces.items():
            for variable, trace in traces.items():
                period = trace.times[1] - trace.times[0] if len(trace.times) > 1 else recording.dt
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
