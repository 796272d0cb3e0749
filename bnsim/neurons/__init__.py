"""Neuron models, one file and one line each."""

from bnsim.neurons.adaptive_lif import AdaptiveLIF as AdaptiveLIF
from bnsim.neurons.base import NeuronModel as NeuronModel
from bnsim.neurons.conductance_lif import ConductanceLIF as ConductanceLIF
from bnsim.neurons.diehl_cook import DiehlCookExcitatory as DiehlCookExcitatory
from bnsim.neurons.diehl_cook import DiehlCookInhibitory as DiehlCookInhibitory
from bnsim.neurons.lif import LIF as LIF
from bnsim.neurons.lif import SubtractiveLIF as SubtractiveLIF
from bnsim.neurons.subtractive_if import SubtractiveIF as SubtractiveIF
