"""Synapse models."""

from bnsim.synapses.base import SynapseModel
from bnsim.synapses.delta import Delta
from bnsim.synapses.exponential import ExponentialConductance, ExponentialCurrent
from bnsim.synapses.modulatory import Modulatory

__all__ = ["Delta", "ExponentialConductance", "ExponentialCurrent", "Modulatory", "SynapseModel"]
