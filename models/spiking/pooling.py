"""Maximum pooling of spike trains: a neuron that has fired as often as the most active of its inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import bnsim
from bnsim.synapses.base import WeightKind


@dataclass(frozen=True, repr=False)
class LargestCount(bnsim.NeuronModel):
    """Fire as often as the most active of the inputs through synapses of the model `Counting`.

    Parameters
    ----------
    refractory : Quantity
        Absolute refractory period; leave it at 0, or spikes are counted later.
    method : {"exact", "exponential_midpoint", "exponential_euler", "euler", "rk2", "rk4"}
        Integration method; nothing is integrated.

    Notes
    -----
    A spike passes if with it its neuron has fired more often than this one; of several that arrive in a time step and
    do, one passes. So the number of spikes up to any time step is the largest number of spikes that one input neuron
    has emitted up to the step before. Inputs fire once in a time step at most.

    This is the gate of the paper, which lets the spikes of the most active input alone pass, with the spike count so
    far as the estimate of a rate. It deviates in that a neuron that has caught up with the leader passes none of its
    spikes before it has overtaken it; otherwise a change of leader would count some spikes twice.

    `due` counts spikes of the last time steps that may pass, and `after` those that come in the very step in which
    this neuron fires, and may pass once it has.

    References
    ----------
    B. Rueckauer et al., Frontiers in Neuroscience 11:682 (2017), spiking maximum pooling.
    """

    equations: ClassVar[str] = "passed : 1\ndue : 1\nafter : 1"
    threshold: ClassVar[str] = "due > 0"
    reset: ClassVar[str] = "passed += 1\ndue = after\nafter = 0"
    membrane: ClassVar[str] = "due"


@dataclass(frozen=True, repr=False)
class Counting(bnsim.SynapseModel):
    """Count the spikes of a neuron, and tell a `LargestCount` of those that may pass.

    Notes
    -----
    At the arrival of a spike n += 1; due += 1 if n > passed, after += 1 if n > passed + 1. The weight plays no part.
    """

    of_each: ClassVar[str] = "n : 1"
    on_pre: ClassVar[str] = "n += 1\ndue_post += int(n > passed_post)\nafter_post += int(n > passed_post + 1)"
    weight: ClassVar[WeightKind] = "modulatory"
