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

from bnsim.recording.spikes import SpikeTimes as SpikeTimes
from bnsim.recording.traces import SampledTrace as SampledTrace
from bnsim.recording.whole import Recording as Recording
