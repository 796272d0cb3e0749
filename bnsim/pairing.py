"""Plasticity protocols: given spikes on both sides of synapses, and what a rule makes of their weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import numpy as np
from brian2.units import amp, ms, second, siemens, volt
from brian2.units.fundamentalunits import Quantity, get_dimensions

from bnsim import checks
from bnsim.arrays import Float64Array
from bnsim.connectivity import OneToOne
from bnsim.drives import SpikeTrains
from bnsim.errors import InputError
from bnsim.jumps import Jump
from bnsim.network import Network, Population, Projection
from bnsim.neurons import NeuronModel
from bnsim.neurons.base import InputUnit
from bnsim.plasticity import PlasticityRule
from bnsim.plasticity.base import STATEMENTS
from bnsim.synapses import SynapseModel
from bnsim.synapses.base import WeightKind
from bnsim.times import Times, shown, spike_times

__all__ = ["usual_weight", "weight_change"]

_KINDS: dict[Any, WeightKind] = {volt.dim: "potential", amp.dim: "input", siemens.dim: "conductance"}


@dataclass(frozen=True, repr=False)
class _Relay(NeuronModel):
    """Neuron that fires in the step after each spike that reaches it, and never else."""

    equations: ClassVar[str] = "dv/dt = -v / (10*ms) : volt\nforced : 1"
    threshold: ClassVar[str] = "forced > 0"
    reset: ClassVar[str] = "forced = 0"
    input_unit: ClassVar[InputUnit] = "amp"


@dataclass(frozen=True, repr=False)
class _Teacher(SynapseModel):
    """Synapse that makes a relay fire."""

    jumps: ClassVar[tuple[Jump, ...]] = (Jump("forced"),)
    weight: ClassVar[WeightKind] = "modulatory"


def weight_change(
    rule: PlasticityRule,
    presynaptic: Sequence[Times] | Float64Array,
    postsynaptic: Sequence[Times] | Float64Array,
    start: Any = None,
    *,
    dt: Quantity = 0.1 * ms,
    backend: str = "auto",
) -> Quantity:
    """Return by how much a rule changes the weights of synapses whose spikes are given on both sides.

    Parameters
    ----------
    rule : PlasticityRule
        A rule that depends on spikes alone, such as `bnsim.PairSTDP`.
    presynaptic, postsynaptic : sequence of array_like or Quantity, or array (synapse, spike)
        The spike times on either side of each synapse, in seconds or with a unit, rounded to time steps.
    start : Quantity, optional
        Weights before the first spike, one for all synapses or one for each; `usual_weight(rule)` if not given.
    dt : Quantity
        Time step.
    backend : str
        As in `bnsim.Network.compile`.

    Returns
    -------
    Quantity of shape (n_synapses,)
        The weight after the last spike, less that before the first.

    Raises
    ------
    InputError
        If the rule follows the membrane potential or learns at the end of trials, the trains are no times or not as
        many on either side, or the starting weights do not fit.

    Notes
    -----
    Each synapse has a presynaptic and a postsynaptic neuron of its own, without a delay. Where both fire in the same
    step, the presynaptic spike comes first. Synapses do not make their neurons fire.

    Examples
    --------
    Ten milliseconds, before and after::

        bnsim.weight_change(bnsim.PairSTDP(), [[0.02], [0.02]], [[0.03], [0.01]])
    """
    _check_rule(rule)
    trains = [_trains(*side) for side in (("presynaptic", presynaptic), ("postsynaptic", postsynaptic))]
    count = len(trains[0])
    if not count or count != len(trains[1]):
        raise InputError(
            f"weight_change: {count} presynaptic and {len(trains[1])} postsynaptic spike trains; give one of each to "
            "every synapse, and at least one"
        )
    usual = usual_weight(rule)
    weights = _starting(usual if start is None else start, usual, count)
    simulator = _network(rule, usual, count).compile(dt=dt, backend=backend)
    before = simulator.initial_state(key=0).replace({"learned.w": weights})
    step = simulator.program.dt
    last = max((train.max() for side in trains for train in side if len(train)), default=0.0)
    steps = round(last / step) + 3
    # A relay fires in the step after that of its teacher, so that all is a step later.
    stimulus = {"input": _listed(trains[0], step), "teacher": _listed(trains[1], 0.0)}
    after, _ = simulator.run_for(before, steps * step * second, stimulus)
    return cast(Quantity, after.weights("learned") - before.weights("learned"))


def usual_weight(rule: PlasticityRule) -> Quantity:
    """Return a weight in the middle of a rule's range.

    Parameters
    ----------
    rule : PlasticityRule
        The rule.

    Returns
    -------
    Quantity
        Half the largest weight, or, where there is none, the weight that the rule's amplitudes are relative to.
    """
    scale = getattr(rule, rule.weight_scale)
    largest = (rule.weight_bounds or (0.0, np.inf))[1]
    return Quantity(largest / 2, dim=get_dimensions(scale)) if np.isfinite(largest) else Quantity(scale)


def _check_rule(rule: object) -> None:
    if not isinstance(rule, PlasticityRule):
        raise InputError(f"weight_change.rule: {shown(rule)} is no PlasticityRule; give one, such as bnsim.PairSTDP()")
    name = type(rule).__name__
    if rule.trial_end:
        raise InputError(f"weight_change.rule: {name} learns at the end of trials; simulate a network with it instead")
    if "{membrane}" in "".join([rule.postsynaptic, *(getattr(rule, attribute) for attribute in STATEMENTS)]):
        raise InputError(
            f"weight_change.rule: {name} follows the membrane potential, not spikes alone; simulate a network with it "
            "instead"
        )


def _trains(side: str, trains: object) -> list[np.ndarray]:
    if not isinstance(trains, Sequence) and np.ndim(cast(Any, trains)) == 0:
        raise InputError(f"weight_change.{side}: {shown(trains)} is no sequence of spike trains; give one a synapse")
    return [spike_times(f"weight_change.{side}[{index}]", train) for index, train in enumerate(cast(Any, trains))]


def _starting(start: Any, usual: Quantity, count: int) -> np.ndarray:
    if np.ndim(start) == 0 and not checks.is_plain(usual) and checks.is_plain(start):
        raise InputError(checks.without_unit("weight_change.start", start, usual))
    if get_dimensions(start) is not get_dimensions(usual) or np.shape(start) not in ((), (count,)):
        raise InputError(
            f"weight_change.start: {shown(start)}; give one weight such as {usual}, or one for each of {count} synapses"
        )
    return np.broadcast_to(np.asarray(start, dtype=np.float64), (count,))


def _network(rule: PlasticityRule, usual: Quantity, count: int) -> Network:
    kind = _KINDS.get(get_dimensions(usual), "modulatory")

    @dataclass(frozen=True, repr=False)
    class Silent(SynapseModel):
        weight: ClassVar[WeightKind] = kind

    return Network(
        [
            Population("input", count, SpikeTrains()),
            Population("teacher", count, SpikeTrains()),
            Population("cells", count, _Relay()),
        ],
        [
            Projection("teacher", "cells", _Teacher(), Quantity(1.0), OneToOne()),
            Projection("input", "cells", Silent(), usual, OneToOne(), plasticity=rule, name="learned"),
        ],
    )


def _listed(trains: list[np.ndarray], later: float) -> tuple[np.ndarray, np.ndarray]:
    """Times (s), shifted, and units of all spikes."""
    units = np.repeat(np.arange(len(trains)), [len(train) for train in trains])
    return np.concatenate(trains) + later, units
