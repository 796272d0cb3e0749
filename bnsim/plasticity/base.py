"""Base class of plasticity rules: local statements at spikes, and at the end of a trial."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from brian2.equations.equations import PARAMETER

from bnsim import checks
from bnsim.description import Description
from bnsim.dimensions import check_statements
from bnsim.errors import InputError
from bnsim.notation import read_equations

SignalKind = Literal["postsynaptic", "shared", "reward"]
Where = Literal["postsynaptic", "synapse"]

STATEMENTS = (
    "on_pre",
    "on_post",
    "on_presynaptic_spike",
    "each_step",
    "presynaptic_each_step",
    "postsynaptic_each_step",
)
"""Attributes of a rule that hold statements."""


@dataclass(frozen=True, repr=False)
class PlasticityRule(Description, abstract=True):
    """Plasticity rule, which depends on one synapse and its two neurons, never on the geometry.

    The class attributes are text in Brian2's notation; `w` is the weight. Only `w` and what `persistent` names carry
    over from trial to trial, and the engine switches off every change of these where learning is off.

    Attributes
    ----------
    equations : str
        Variables of each synapse.
    persistent : tuple of str
        Those of these variables that carry over from trial to trial; none with an equation.
    presynaptic_traces, postsynaptic_traces : dict of str to (str, str)
        By name, the parameter that is the time constant, and a statement: a variable that decays exponentially, and
        what the arrival of a presynaptic spike, or a postsynaptic spike, does to it. In the same time step arrivals
        come first; a trace is changed after `on_pre` and `on_post` have read it, but for a presynaptic one that
        `on_post` reads. Rules write the bare name; the engine keeps a trace on the neurons where that is exact (all
        postsynaptic ones; presynaptic ones where there is no delay), else on each synapse. A trace that
        `on_pre` or `on_post` also changes belongs to `equations`.
    presynaptic, postsynaptic : str
        Variables added to the neurons, reached as `name_pre`, `name_post`; `{weight_unit}` is filled in, in
        `postsynaptic` also `{membrane}`, the neuron's membrane variable.
    common : dict of str to str
        Unit by name: the same for variables of the postsynaptic neuron that all rules share under their own name.
    on_pre, on_post : str
        Statements at the arrival of a presynaptic spike (after transmission) and at a postsynaptic spike.
    on_presynaptic_spike : str
        Statements of the presynaptic neuron at its own spike, before any delay.
    each_step : str
        Statements of each synapse at the end of every step, after all spikes and resets of that step, for rules that
        follow the membrane potential (`{membrane}_post`) between spikes. They cost time in every step. Rules run in
        the order in which the network lists their projections.
    presynaptic_each_step, postsynaptic_each_step : str
        Statements of each presynaptic and each postsynaptic neuron in every step, once its potential in that step is
        known and before any spike of the step acts: before resets and arrivals. Those of an encoder's units may read
        `drive`, the value that such a unit holds.
    trial_end : tuple of ({"postsynaptic", "synapse"}, str)
        Statements of each postsynaptic neuron or each synapse, in turn, in the trial's last step, after all spikes of
        that step, where learning is on. Rules run in the order in which the network lists their projections.
        `spike_count` of a neuron holds its spikes in the trial.
    signals : dict of str to {"postsynaptic", "shared", "reward"}
        Signals from outside in each trial: one value a neuron, one for all, or one for all that the network's `Reward`
        provides.
    signal_defaults : dict of str to float
        Values where a run gives no signal.
    agreeing : tuple of str
        Those of the postsynaptic signals that must be equal in all rules onto one population that name them here, since
        they make one variable (`common`) of them.

    Raises
    ------
    InputError
        If an attribute names a kind, signal or parameter that does not exist, or a text cannot be read. Units of the
        texts depend on the neurons: `bnsim.Network.compile` checks them.
    """

    equations: ClassVar[str] = ""
    persistent: ClassVar[tuple[str, ...]] = ()
    presynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {}
    postsynaptic_traces: ClassVar[dict[str, tuple[str, str]]] = {}
    presynaptic: ClassVar[str] = ""
    postsynaptic: ClassVar[str] = ""
    common: ClassVar[dict[str, str]] = {}
    on_pre: ClassVar[str] = ""
    on_post: ClassVar[str] = ""
    on_presynaptic_spike: ClassVar[str] = ""
    each_step: ClassVar[str] = ""
    presynaptic_each_step: ClassVar[str] = ""
    postsynaptic_each_step: ClassVar[str] = ""
    trial_end: ClassVar[tuple[tuple[Where, str], ...]] = ()
    signals: ClassVar[dict[str, SignalKind]] = {}
    signal_defaults: ClassVar[dict[str, float]] = {}
    agreeing: ClassVar[tuple[str, ...]] = ()
    STRUCTURE: ClassVar[tuple[str, ...]] = (
        "equations",
        "persistent",
        "presynaptic_traces",
        "postsynaptic_traces",
        "presynaptic",
        "postsynaptic",
        "common",
        "on_pre",
        "on_post",
        "on_presynaptic_spike",
        "each_step",
        "presynaptic_each_step",
        "postsynaptic_each_step",
        "trial_end",
        "signals",
        "signal_defaults",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        owner = type(self).__name__
        for attribute in ("equations", "presynaptic", "postsynaptic"):
            read_equations(f"{owner}.{attribute}", getattr(self, attribute))
        declared = read_equations(f"{owner}.equations", self.equations)
        for name in self.persistent:
            checks.one_of(f"{owner}.persistent", name, declared)
            if declared[name].type != PARAMETER:
                raise InputError(f"{owner}.persistent: {name!r} has an equation; declare it as `{name} : 1`, say")
        for attribute in STATEMENTS:
            check_statements(f"{owner}.{attribute}", getattr(self, attribute), {})
        for where, statements in self.trial_end:
            check_statements(f"{owner}.trial_end", statements, {})
            checks.one_of(f"{owner}.trial_end", where, get_args(Where))
        for name, kind in self.signals.items():
            checks.one_of(f"{owner}.signals[{name!r}]", kind, get_args(SignalKind))
        for name in self.signal_defaults:
            checks.one_of(f"{owner}.signal_defaults", name, self.signals)
        for name in self.agreeing:
            of_neurons = [name for name, kind in self.signals.items() if kind == "postsynaptic"]
            checks.one_of(f"{owner}.agreeing", name, of_neurons)
        for name, (tau, statement) in {**self.presynaptic_traces, **self.postsynaptic_traces}.items():
            check_statements(f"{owner}: trace {name!r}", statement, {})
            checks.one_of(f"{owner}: time constant of {name!r}", tau, self.parameters)
        checks.one_of(f"{owner}.weight_scale", self.weight_scale, self.parameters)

    def doubt(self, ceiling: float) -> str:
        """Return why the rule cannot do all that it is for.

        Parameters
        ----------
        ceiling : float
            Highest potential of the postsynaptic neurons after a time step, in volt; infinite where there is none.

        Returns
        -------
        str
            The reason and a remedy, "" where there is nothing to be said.
        """
        return ""

    @property
    def weight_bounds(self) -> tuple[float, float] | None:
        """Lowest and highest weight that the rule keeps to, in SI units; None where it has no bounds."""
        return None

    @property
    def reachable_weights(self) -> tuple[float, float] | None:
        """Lowest and highest weight after learning: the bounds, unless the end of a trial may leave them."""
        return self.weight_bounds

    @property
    @abstractmethod
    def weight_scale(self) -> str:
        """Name of the parameter that must have the unit of the weights."""
