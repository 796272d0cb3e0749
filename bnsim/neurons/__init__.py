"""Neuron models, one file each."""

from bnsim.neurons.adaptive_lif import AdaptiveLIF
from bnsim.neurons.base import NeuronModel
from bnsim.neurons.conductance_lif import ConductanceLIF
from bnsim.neurons.diehl_cook import DiehlCookExcitatory, DiehlCookInhibitory
from bnsim.neurons.lif import LIF, SubtractiveLIF
from bnsim.neurons.subtractive_if import SubtractiveIF

__all__ = [
    "LIF",
    "AdaptiveLIF",
    "ConductanceLIF",
    "DiehlCookExcitatory",
    "DiehlCookInhibitory",
    "NeuronModel",
    "SubtractiveIF",
    "SubtractiveLIF",
]
