"""Temporal-difference learning: coincident spikes leave an eligibility, and one reward-like signal changes weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from brian2.units import Hz, ms, mV
from brian2.units.fundamentalunits import Quantity

from bnsim.description import parameter
from bnsim.plasticity.base import PlasticityRule, SignalKind

_CHANGE = "w = clip(w + learning_rate * scale * td_error * eligibility * (dt / tau_eligibility), 0 * w_max, w_max)\n"


@dataclass(frozen=True, repr=False)
class TemporalDifferenceLTP(PlasticityRule):
    """Three-factor rule of temporal-difference learning: presynaptic spike before postsynaptic one, times the error.

    Parameters
    ----------
    tau_plus : Quantity
        Time constant of the presynaptic trace.
    tau_eligibility : Quantity
        Time constant of the eligibility.
    learning_rate : float
        Change, in units of `scale`, by a pair of coincident spikes and an error of 1 that lasts.
    scale : Quantity
        Unit of the weights.
    w_max : Quantity
        Largest weight; the smallest is 0.

    Notes
    -----
    x is a trace of all presynaptic spikes, decaying with tau_plus. A postsynaptic spike leaves an eligibility,

        eligibility += selected x

    which decays with tau_eligibility. In every step

        w += learning_rate x scale x td_error x eligibility x dt / tau_eligibility

    Signals: td_error (shared, default 0), the error of the prediction of reward: what was predicted too little.
    selected (postsynaptic, default 1): what a cell is told of the action that was taken, an efference copy. Values
    above 0 for cells that stand for this action, and below 0 for others, make it more frequent if the error is
    positive. Both are constant within a run: a closed loop is a sequence of runs (`Simulator.run_for`), one for each
    decision.

    It goes through all synapses in every step.

    References
    ----------
    N. Fremaux, H. Sprekeler and W. Gerstner, PLoS Computational Biology 9, e1003024 (2013), "TD-LTP": written from
    memory of the paper, which was not at hand. There the trace is that of the postsynaptic potential since the cell's
    last spike, and what selects is lateral inhibition between actor cells instead of `selected`.
    """

    tau_plus: Quantity = parameter(20 * ms)
    tau_eligibility: Quantity = parameter(100 * ms)
    learning_rate: float = parameter(1e-3, minimum=0)
    scale: Quantity = parameter(1 * mV, above=0, any_unit=True)
    w_max: Quantity = parameter(1 * mV, above=0, any_unit=True)

    equations: ClassVar[str] = "eligibility : 1"
    presynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {"x": ("tau_plus", "x += 1")}
    postsynaptic: ClassVar[str] = "selected : 1"
    on_post: ClassVar[str] = "eligibility += selected_post * x"
    each_step: ClassVar[str] = _CHANGE + "eligibility *= exp(-dt / tau_eligibility)"
    signals: ClassVar[dict[str, SignalKind]] = {"td_error": "shared", "selected": "postsynaptic"}
    signal_defaults: ClassVar[dict[str, float]] = {"td_error": 0.0, "selected": 1.0}

    @property
    def weight_bounds(self) -> tuple[float, float]:
        return 0.0, float(np.asarray(self.w_max))

    @property
    def weight_scale(self) -> str:
        return "w_max"


@dataclass(frozen=True, repr=False)
class TemporalDifferenceIntensity(TemporalDifferenceLTP):
    """Temporal-difference learning in which a firing intensity, read from the membrane, takes the place of own spikes.

    Parameters
    ----------
    tau_plus : Quantity
        Time constant of the presynaptic trace.
    tau_eligibility : Quantity
        Time constant of the eligibility.
    learning_rate : float
        Change, in units of `scale`, by a pair of coincident spikes and an error of 1 that lasts.
    scale : Quantity
        Unit of the weights.
    w_max : Quantity
        Largest weight; the smallest is 0.
    v_threshold : Quantity
        Membrane potential at which the intensity is `rate`, usually the cell's threshold.
    width : Quantity
        Rise of the potential by which the intensity grows e-fold.
    rate : Quantity
        Intensity at the threshold. For changes as large as those of `TemporalDifferenceLTP`, choose it so that the mean
        intensity is the cell's firing rate.

    Notes
    -----
    Instead of an amount at each postsynaptic spike, in every step

        eligibility += selected x rate dt exp((v - v_threshold) / width)

    With a sharp threshold and noise that does not reach the membrane, the number of spikes has the mean of this
    intensity and a Poisson variance on top of it, which the eligibility is spared here. All else, the signals too, is
    as in `TemporalDifferenceLTP`. The exponential is computed for each synapse in every step.

    References
    ----------
    W. Gerstner et al., Neuronal Dynamics (2014), section 9.1, escape noise.
    """

    v_threshold: Quantity = parameter(-50 * mV)
    width: Quantity = parameter(3 * mV, above=0)
    rate: Quantity = parameter(100 * Hz, minimum=0)

    on_post: ClassVar[str] = ""
    each_step: ClassVar[str] = (
        _CHANGE + "eligibility = eligibility * exp(-dt / tau_eligibility)"
        " + selected_post * x * rate * dt * exp(({membrane}_post - v_threshold) / width)"
    )
