"""Numbers of a recording: rates, interspike intervals, latencies, spectra and synchrony.

Source
------
Every function takes either a `Recording` with the name of a population, where it holds several, or a sequence of spike
trains, one a unit: Neo spike trains, or arrays of spike times since the start of the trial, in seconds or with a Brian2
unit. Arrays do not tell how long the trial was, so that measures which need it take `duration` then, and only then.

Time steps
----------
Measures that put spikes into bins or windows count in whole time steps, as `bnsim.binning` says: those of a recording,
or else those of `dt`, a nanosecond if none is given. Give the `dt` of spike trains that lie on a coarser grid.

Shapes
------
With a recording of n trials and N units, a measure of each trial and unit is an array (n, N); with a sequence of N
trains it is (N,). The units of a measure of spike times are those whose spikes were recorded (`bnsim.Spikes(...,
units=)`), in the order of `recording.spike_times(population).units`. Times are in seconds, rates in hertz.
"""

from bnsim.measures.coincidence import coincidence_factor
from bnsim.measures.contrast import spike_contrast
from bnsim.measures.correlogram import cross_correlation
from bnsim.measures.firing import first_spike_latency, rates
from bnsim.measures.golomb import PopulationSynchrony, synchrony
from bnsim.measures.intervals import coefficient_of_variation, interspike_intervals
from bnsim.measures.spectrum import power_spectrum
from bnsim.measures.tiling import spike_time_tiling

__all__ = [
    "PopulationSynchrony",
    "coefficient_of_variation",
    "coincidence_factor",
    "cross_correlation",
    "first_spike_latency",
    "interspike_intervals",
    "power_spectrum",
    "rates",
    "spike_contrast",
    "spike_time_tiling",
    "synchrony",
]
