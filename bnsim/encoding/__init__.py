"""Encoders, one file and one line each."""

from bnsim.encoding.base import Encoder as Encoder
from bnsim.encoding.constant_current import ConstantCurrent as ConstantCurrent
from bnsim.encoding.latency import Latency as Latency
from bnsim.encoding.poisson import Poisson as Poisson
from bnsim.encoding.spike_trains import SpikeTrains as SpikeTrains
