"""Encoders, one file each."""

from bnsim.encoding.base import Drive, DriveForm, Encoder, SpikeRaster
from bnsim.encoding.constant_current import ConstantCurrent
from bnsim.encoding.latency import Latency
from bnsim.encoding.poisson import Poisson
from bnsim.encoding.spike_trains import SpikeTrains

__all__ = ["ConstantCurrent", "Drive", "DriveForm", "Encoder", "Latency", "Poisson", "SpikeRaster", "SpikeTrains"]
