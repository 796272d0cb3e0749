"""Encoders, one file each."""

from bnsim.encoding.base import Encoder
from bnsim.encoding.constant_current import ConstantCurrent
from bnsim.encoding.latency import Latency
from bnsim.encoding.poisson import Poisson
from bnsim.encoding.spike_trains import SpikeTrains

__all__ = ["ConstantCurrent", "Encoder", "Latency", "Poisson", "SpikeTrains"]
