"""Neuron models, one file and one line each."""

from bnsim.neurons.adaptive_current_lif import AdaptiveCurrentLIF as AdaptiveCurrentLIF
from bnsim.neurons.adaptive_exponential_lif import AdaptiveExponentialLIF as AdaptiveExponentialLIF
from bnsim.neurons.adaptive_lif import AdaptiveLIF as AdaptiveLIF
from bnsim.neurons.adaptive_threshold_lif import AdaptiveThresholdLIF as AdaptiveThresholdLIF
from bnsim.neurons.base import NeuronModel as NeuronModel
from bnsim.neurons.conductance_lif import ConductanceLIF as ConductanceLIF
from bnsim.neurons.diehl_cook import DiehlCookExcitatory as DiehlCookExcitatory
from bnsim.neurons.diehl_cook import DiehlCookInhibitory as DiehlCookInhibitory
from bnsim.neurons.exponential_lif import ExponentialLIF as ExponentialLIF
from bnsim.neurons.hodgkin_huxley import HodgkinHuxley as HodgkinHuxley
from bnsim.neurons.integrate_and_fire import IF as IF
from bnsim.neurons.izhikevich import Izhikevich as Izhikevich
from bnsim.neurons.leaky_readout import LeakyReadout as LeakyReadout
from bnsim.neurons.lif import LIF as LIF
from bnsim.neurons.lif import SubtractiveLIF as SubtractiveLIF
from bnsim.neurons.quadratic_lif import QuadraticLIF as QuadraticLIF
from bnsim.neurons.subtractive_if import SubtractiveIF as SubtractiveIF
