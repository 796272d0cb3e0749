"""What a plasticity rule is: local statements at spikes, and at the end of a trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bnsim.description import Description


@dataclass(frozen=True, repr=False)
class PlasticityRule(Description):
    """A rule knows one synapse and its two neurons, never the geometry.

    Class attributes (Brian2 notation; `w` is the weight)
    ----------------
    equations: variables of each synapse.
    presynaptic, postsynaptic: variables added to the neurons, reached as `name_pre`, `name_post`.
    on_pre, on_post: statements at the arrival of a presynaptic spike (after transmission) and at a postsynaptic spike.
    on_presynaptic_spike: statements of the presynaptic neuron at its own spike, before any delay.
    trial_end_postsynaptic, trial_end: statements of the postsynaptic neuron, then of the synapse, in the trial's last
        step, after all spikes of that step; run only where learning is on.
    signals: what is told from outside in each trial: name -> "postsynaptic" (one value a neuron) or "shared".
    signal_defaults: values where the stimulus does not give a signal.

    Only `w` carries over from trial to trial. Every change of `w` is switched off by the engine where learning is off.
    """

    equations: ClassVar[str] = ""
    presynaptic: ClassVar[str] = ""
    postsynaptic: ClassVar[str] = ""
    on_pre: ClassVar[str] = ""
    on_post: ClassVar[str] = ""
    on_presynaptic_spike: ClassVar[str] = ""
    trial_end_postsynaptic: ClassVar[str] = ""
    trial_end: ClassVar[str] = ""
    signals: ClassVar[dict[str, str]] = {}
    signal_defaults: ClassVar[dict[str, float]] = {}
    STRUCTURE: ClassVar[tuple[str, ...]] = (
        "equations",
        "presynaptic",
        "postsynaptic",
        "on_pre",
        "on_post",
        "on_presynaptic_spike",
        "trial_end_postsynaptic",
        "trial_end",
        "signals",
        "signal_defaults",
    )

    @property
    def weight_bounds(self) -> tuple[float, float] | None:
        """Lowest and highest weight that the rule keeps to, in SI units; None where it has no bounds."""
        return None

    @property
    def weight_scale(self) -> str:
        """Name of the parameter that must have the unit of the weights."""
        raise NotImplementedError
