"""bnsim: brain-like networks of spiking neurons, described, compiled once, and run as pure functions.

Describe a `Network` of `Population`s and `Projection`s, `compile` it, and run it: (state, stimulus, key, plastic) ->
(state', recording). Every random number is a function of the key, the trial, the step and the unit, so the same
arguments give the same spikes: in chunks of any size, in any process, in any order.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

_HOME = {
    "bnsim.connectivity": (
        "AllToAll",
        "Connectivity",
        "EdgeList",
        "FixedProbability",
        "OneToOne",
        "ReceptiveFields",
        "Uniform",
    ),
    "bnsim.description": ("Description", "parameter"),
    "bnsim.encoding": ("ConstantCurrent", "Encoder", "Latency", "Poisson", "SpikeTrains"),
    "bnsim.errors": ("BnsimError", "InputError", "MachineError"),
    "bnsim.network": ("Network", "Population", "Projection"),
    "bnsim.neurons": (
        "LIF",
        "AdaptiveLIF",
        "ConductanceLIF",
        "DiehlCookExcitatory",
        "DiehlCookInhibitory",
        "NeuronModel",
        "SubtractiveIF",
        "SubtractiveLIF",
    ),
    "bnsim.plasticity": (
        "DiehlCookSTDP",
        "ErrorFeedback",
        "ErrorModulated",
        "FeedbackModulated",
        "PairSTDP",
        "PlasticityRule",
        "RewardModulatedSTDP",
        "SoftPairSTDP",
    ),
    "bnsim.protocol": ("Repetition", "Reward"),
    "bnsim.receptive_fields": ("GaborPatches",),
    "bnsim.recording": ("Recording", "SpikeTimes", "Trace"),
    "bnsim.state": ("State",),
    "bnsim.synapses": ("Delta", "ExponentialConductance", "ExponentialCurrent", "Modulatory", "SynapseModel"),
}
_MODULES = ("encoding", "measures", "neurons", "plasticity", "plotting", "synapses")
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

if TYPE_CHECKING:
    from bnsim import encoding, measures, neurons, plasticity, plotting, synapses
    from bnsim.connectivity import (
        AllToAll,
        Connectivity,
        EdgeList,
        FixedProbability,
        OneToOne,
        ReceptiveFields,
        Uniform,
    )
    from bnsim.description import Description, parameter
    from bnsim.encoding import ConstantCurrent, Encoder, Latency, Poisson, SpikeTrains
    from bnsim.errors import BnsimError, InputError, MachineError
    from bnsim.network import Network, Population, Projection
    from bnsim.neurons import (
        LIF,
        AdaptiveLIF,
        ConductanceLIF,
        DiehlCookExcitatory,
        DiehlCookInhibitory,
        NeuronModel,
        SubtractiveIF,
        SubtractiveLIF,
    )
    from bnsim.plasticity import (
        DiehlCookSTDP,
        ErrorFeedback,
        ErrorModulated,
        FeedbackModulated,
        PairSTDP,
        PlasticityRule,
        RewardModulatedSTDP,
        SoftPairSTDP,
    )
    from bnsim.protocol import Repetition, Reward
    from bnsim.receptive_fields import GaborPatches
    from bnsim.recording import Recording, SpikeTimes, Trace
    from bnsim.state import State
    from bnsim.synapses import Delta, ExponentialConductance, ExponentialCurrent, Modulatory, SynapseModel

__all__ = [
    "LIF",
    "AdaptiveLIF",
    "AllToAll",
    "BnsimError",
    "ConductanceLIF",
    "Connectivity",
    "ConstantCurrent",
    "Delta",
    "Description",
    "DiehlCookExcitatory",
    "DiehlCookInhibitory",
    "DiehlCookSTDP",
    "EdgeList",
    "Encoder",
    "ErrorFeedback",
    "ErrorModulated",
    "ExponentialConductance",
    "ExponentialCurrent",
    "FeedbackModulated",
    "FixedProbability",
    "GaborPatches",
    "InputError",
    "Latency",
    "MachineError",
    "Modulatory",
    "Network",
    "NeuronModel",
    "OneToOne",
    "PairSTDP",
    "PlasticityRule",
    "Poisson",
    "Population",
    "Projection",
    "ReceptiveFields",
    "Recording",
    "Repetition",
    "Reward",
    "RewardModulatedSTDP",
    "SoftPairSTDP",
    "SpikeTimes",
    "SpikeTrains",
    "State",
    "SubtractiveIF",
    "SubtractiveLIF",
    "SynapseModel",
    "Trace",
    "Uniform",
    "encoding",
    "measures",
    "neurons",
    "parameter",
    "plasticity",
    "plotting",
    "synapses",
]


def __getattr__(name: str) -> Any:
    """Import on first use: Brian2 alone takes two seconds, and the errors must not wait for it."""
    if name in _MODULES:
        return import_module(f"bnsim.{name}")
    if name in _MODULE_OF:
        return getattr(import_module(_MODULE_OF[name]), name)
    raise AttributeError(f"module 'bnsim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
