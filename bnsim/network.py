"""Population, Projection, Network: the description of what is to be simulated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from brian2.units import amp, ms, mV, nA, siemens, volt
from brian2.units.fundamentalunits import Quantity, get_dimensions

from bnsim import checks, notebook
from bnsim.connectivity import AllToAll, Connectivity
from bnsim.description import Description, readable
from bnsim.distributions import Distribution
from bnsim.drives import Drive, Encoder
from bnsim.errors import InputError
from bnsim.limits import Limits
from bnsim.neurons import NeuronModel
from bnsim.plasticity import PlasticityRule
from bnsim.positions import FreePositions, Positions
from bnsim.protocol import Repetition, Reward
from bnsim.short_term import ShortTermPlasticity
from bnsim.synapses import SynapseModel
from bnsim.synapses.base import SIGNED
from bnsim.values import check_values, extent

__all__ = ["Network", "Population", "Projection"]

if TYPE_CHECKING:
    import brian2

    from bnsim.engine.compilation import Simulator


@dataclass(frozen=True, repr=False)
class Population(Description):
    """A group of units of one kind.

    Parameters
    ----------
    name : str
        Name by which the network refers to it.
    size : int
        Number of units.
    model : NeuronModel or Encoder
        A neuron model, or an encoder that emits spikes itself.
    encoder : Encoder, optional
        For neurons that are stimulated directly, an encoder that gives a current.
    drive : Drive or sequence of Drive, optional
        What acts on the neurons from outside besides: noise, currents, Poisson spikes. Several drives add up.
    initial : mapping of str to Quantity, Distribution or array
        Values of variables at the start, by name, such as {"v": Uniform(0*mV, 20*mV)}: one for all cells, one for each,
        or a distribution from which they are drawn. In trials, each trial starts with them. Default: the model's.
    positions : Positions or Quantity, optional
        Where the units lie: `Grid`, `Ring`, `RandomPositions`, or an array (unit, dimension). See `State.positions`.

    Raises
    ------
    InputError
        If the name cannot stand in equations, model and encoder do not fit together, or there is not one position for
        each unit.
    """

    name: str
    size: int
    model: NeuronModel | Encoder
    encoder: Encoder | None = None
    drive: Drive | Sequence[Drive] = ()
    initial: Mapping[str, Any] = field(default_factory=dict)
    positions: Positions | Any = None

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.name("Population.name", self.name)
        culprit = f"Population({self.name!r})"
        checks.count(f"{culprit}.size", self.size)
        if isinstance(self.model, Encoder):
            if not self.model.spikes:
                raise InputError(
                    f"{culprit}.model: {type(self.model).__name__} emits no spikes; "
                    f"give a neuron model and encoder={self.model!r}"
                )
            if self.encoder is not None:
                raise InputError(f"{culprit}.encoder: the model is an encoder already; leave encoder out")
        elif not isinstance(self.model, NeuronModel):
            raise InputError(
                f"{culprit}.model: {self.model!r} is neither a neuron model nor an encoder; give one of them"
            )
        elif self.encoder is not None:
            self._check_current(culprit, self.encoder, self.model)
        object.__setattr__(self, "drive", (self.drive,) if isinstance(self.drive, Drive) else tuple(self.drive))
        if self.initial and not isinstance(self.model, NeuronModel):
            raise InputError(f"{culprit}.initial: the model is an encoder, which has no such variables; leave it out")
        for drive in self.drives:
            if not isinstance(drive, Drive):
                raise InputError(f"{culprit}.drive: {drive!r} is no Drive; give one, such as bnsim.WhiteNoise()")
            if not isinstance(self.model, NeuronModel):
                raise InputError(f"{culprit}.drive: the model is an encoder, which nothing drives; leave drive out")
            drive.check(f"{culprit}.drive: {type(drive).__name__}", self.model, self.size)
        if self.positions is not None:
            self._check_positions(culprit)

    def _check_positions(self, culprit: str) -> None:
        if not isinstance(self.positions, Positions):
            object.__setattr__(self, "positions", FreePositions(self.positions))
        if self.positions.number not in (None, self.size):
            raise InputError(
                f"{culprit}.positions: {self.positions.number} positions for {self.size} units; give one for each"
            )

    @property
    def drives(self) -> tuple[Drive, ...]:
        """All drives."""
        assert isinstance(self.drive, tuple)
        return self.drive

    def _check_current(self, culprit: str, encoder: Any, model: NeuronModel) -> None:
        if not isinstance(encoder, Encoder) or encoder.spikes:
            raise InputError(
                f"{culprit}.encoder: {encoder!r} gives no current; make it a population of its own and project from it"
            )
        for name, value in encoder.parameters.items():
            example = 1 * mV if model.input_unit == "volt" else 1 * nA
            checks.quantity(
                f"{culprit}.encoder: {type(encoder).__name__}.{name}",
                value,
                example,
                minimum=None,
                exclusive=False,
            )

    @property
    def fires(self) -> bool:
        """Whether units of this population can emit spikes: a model without a threshold never does."""
        return isinstance(self.model, Encoder) or bool(self.model.threshold)

    @property
    def stimulus_encoder(self) -> Encoder | None:
        """The encoder that takes this population's stimulus, None where there is none."""
        return self.model if isinstance(self.model, Encoder) else self.encoder


@dataclass(frozen=True, repr=False)
class Projection(Description):
    """Weighted synapses from one population to another.

    Parameters
    ----------
    source, target : str
        Names of populations.
    synapse : SynapseModel
        What a spike does to the postsynaptic neuron.
    weights : Quantity, Distribution or array
        One value for all synapses, a distribution (`Uniform`, `Normal`, `LogNormal`), or a matrix (source, target), in
        the unit that synapse and target demand.
    connectivity : Connectivity
        Which units are connected.
    delay : Quantity, Distribution or array
        One value for all synapses, a distribution that has a largest value, or a matrix (source, target). Delays are
        rounded to time steps, and those of a distribution may be rounded to 0. A spike that arrives after d steps acts
        at the end of step k + d, where k is the step in which the presynaptic neuron fired.
    plasticity : PlasticityRule, optional
        None for fixed weights.
    short_term : ShortTermPlasticity, optional
        None where every spike transmits the whole weight.
    name : str
        `source_to_target` where it is left empty.

    Raises
    ------
    InputError
        If a part is of the wrong kind. What depends on the populations is checked by `Network`.
    """

    source: str
    target: str
    synapse: SynapseModel
    weights: Any
    connectivity: Connectivity = AllToAll()
    delay: Any = field(default_factory=lambda: 0 * ms)
    plasticity: PlasticityRule | None = None
    short_term: ShortTermPlasticity | None = None
    name: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.name:
            object.__setattr__(self, "name", f"{self.source}_to_{self.target}")
        checks.name("Projection.name", self.name)
        for attribute, kind in (("synapse", SynapseModel), ("connectivity", Connectivity)):
            value = getattr(self, attribute)
            if not isinstance(value, kind):
                raise InputError(f"Projection({self.name!r}).{attribute}: {value!r} is no {kind.__name__}; give one")
        if self.plasticity is not None and not isinstance(self.plasticity, PlasticityRule):
            raise InputError(
                f"Projection({self.name!r}).plasticity: {self.plasticity!r} is no PlasticityRule; give one"
            )
        if self.short_term is not None:
            self._check_short_term()

    def _check_short_term(self) -> None:
        if not isinstance(self.short_term, ShortTermPlasticity):
            raise InputError(
                f"Projection({self.name!r}).short_term: {self.short_term!r} is no ShortTermPlasticity; give one"
            )
        if not (self.synapse.jumps or self.synapse.on_pre):
            raise InputError(
                f"Projection({self.name!r}).short_term: nothing jumps at a spike of {type(self.synapse).__name__}; "
                "leave short_term out"
            )

    @property
    def delay_kind(self) -> Literal["none", "shared", "each"]:
        """Whether synapses have no delay, one for all, or one each: what a compiled network depends on."""
        if isinstance(self.delay, Distribution) or np.ndim(self.delay) > 0:
            return "each"
        return "none" if float(np.asarray(self.delay)) == 0 else "shared"

    @property
    def longest_delay(self) -> float:
        """Longest delay in seconds."""
        return extent(self.delay)[1]


@dataclass(frozen=True, repr=False)
class Network(Description):
    """Populations and the projections between them.

    Parameters
    ----------
    populations : sequence of Population
        At least one.
    projections : sequence of Projection
        In the order in which their rules learn at the end of a trial.
    repetition : Repetition, optional
        Whether a trial is presented again to a network that stays silent.
    reward : Reward, optional
        Reward for the decision of one of the populations.
    dale : bool
        Whether to insist on Dale's law: all synapses that begin in a population excite, or all inhibit. Weights that
        are drawn, and those of every state that a run is given, must then have one sign a population. Conductances
        and modulatory synapses are left out, for the sign of their weights says nothing.

    Raises
    ------
    InputError
        If a name occurs twice or does not exist, a projection ends on an encoder, weights, delays or rules have the
        wrong unit, sign or shape, a rule needs a reward and the network has none, spikes are expected of units that
        have no threshold, or a rule could make weights negative that must not be.
    """

    populations: Sequence[Population]
    projections: Sequence[Projection] = ()
    repetition: Repetition | None = None
    reward: Reward | None = None
    dale: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        for attribute, kind in (("populations", Population), ("projections", Projection)):
            items = tuple(getattr(self, attribute))
            object.__setattr__(self, attribute, items)
            for item in items:
                if not isinstance(item, kind):
                    raise InputError(
                        f"Network.{attribute}: {item!r} is no {kind.__name__}; give {kind.__name__} objects"
                    )
            names = [item.name for item in items]
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise InputError(f"Network.{attribute}: the name {twice[0]!r} occurs twice; give each its own name")
        if not self.populations:
            raise InputError("Network.populations: empty; give at least one population")
        for projection in self.projections:
            self._check_projection(projection)
        self._check_protocol()

    def _check_protocol(self) -> None:
        known = [population.name for population in self.populations]
        for attribute, value, kind in (("repetition", self.repetition, Repetition), ("reward", self.reward, Reward)):
            if value is None:
                continue
            if not isinstance(value, kind):
                raise InputError(f"Network.{attribute}: {value!r} is no {kind.__name__}; give one or None")
            checks.one_of(f"{kind.__name__}.population", value.population, known)
            self._check_fires(f"{kind.__name__}.population", value.population)

    def _check_fires(self, culprit: str, name: str) -> None:
        if not self[name].fires:
            model = type(self[name].model).__name__
            raise InputError(f"{culprit}: {name!r} never fires, for {model} has no threshold; give another population")

    def _check_projection(self, projection: Projection) -> None:
        culprit = f"Projection({projection.name!r})"
        known = [population.name for population in self.populations]
        for end in ("source", "target"):
            checks.one_of(f"{culprit}.{end}", getattr(projection, end), known)
        source, target = self[projection.source], self[projection.target]
        if not isinstance(target.model, NeuronModel):
            raise InputError(
                f"{culprit}.target: {target.name!r} is an encoder and takes no input; give a population of neurons"
            )
        if projection.synapse.coupling:
            _check_coupling(culprit, projection, source, target.model)
        elif projection.synapse.weight != "modulatory":
            self._check_fires(f"{culprit}.source", projection.source)
        if projection.delay_kind != "none" and (
            projection.synapse.coupling or projection.synapse.weight == "modulatory"
        ):
            raise InputError(f"{culprit}.delay: {type(projection.synapse).__name__} has none; leave delay out")
        if projection.connectivity.spatial:
            _check_space(culprit, projection, source, target)
        unit, shape = self.weight_unit(projection), (source.size, target.size)
        minimum = 0.0 if projection.synapse.weight == "conductance" else None
        check_values(f"{culprit}.weights", projection.weights, unit, shape, minimum=minimum)
        check_values(f"{culprit}.delay", projection.delay, 1 * ms, shape, minimum=0.0, bounded=True)
        rule = projection.plasticity
        if rule is not None and "reward" in rule.signals.values() and self.reward is None:
            raise InputError(
                f"{culprit}.plasticity: {type(rule).__name__} waits for a reward; "
                "give Network(reward=Reward(population)) the population that decides"
            )
        if rule is not None:
            scale = getattr(rule, rule.weight_scale)
            where = f"{culprit}.plasticity: {type(rule).__name__}.{rule.weight_scale}"
            checks.quantity(where, scale, unit, minimum=None, exclusive=False)
            low, high = extent(projection.weights)
            lowest, highest = rule.weight_bounds or (-np.inf, np.inf)
            if low < lowest or high > highest:
                bounded = np.isfinite(highest)
                bounds = f"0 to {checks.describe(scale)}" if bounded else "0 and more"
                raise InputError(
                    f"{culprit}.weights: leave the bounds of {type(rule).__name__}, {bounds}; "
                    f"choose weights within{', or another w_max' if bounded else ''}"
                )
            self._check_signs(projection, rule)

    def _check_signs(self, projection: Projection, rule: PlasticityRule) -> None:
        low, high = rule.reachable_weights or (-np.inf, np.inf)
        if projection.synapse.weight == "conductance" and low < 0:
            reason = "a conductance is never negative"
        elif self.dale and projection.synapse.weight in SIGNED and low < 0 < high:
            reason = "Network.dale allows one sign a population"
        else:
            return
        raise InputError(
            f"Projection({projection.name!r}).plasticity: {type(rule).__name__} may turn the sign of weights, "
            f"but {reason}; give a rule with bounds, such as PairSTDP"
        )

    def _repr_html_(self) -> str:
        """Return what notebooks show."""
        units = sum(population.size for population in self.populations)
        populations = notebook.table(
            ["population", "units", "model", "encoder", "drives", "positions"],
            [
                (p.name, p.size, _named(p.model), _named(p.encoder), _named(*p.drives), _named(p.positions))
                for p in self.populations
            ],
        )
        projections = notebook.table(
            ["projection", "from", "to", "synapse", "weights", "connectivity", "delay", "plasticity", "short term"],
            [
                (
                    *(p.name, p.source, p.target, _named(p.synapse), readable(p.weights)),
                    *(_named(p.connectivity), "" if p.delay_kind == "none" else readable(p.delay)),
                    *(_named(p.plasticity), _named(p.short_term)),
                )
                for p in self.projections
            ],
        )
        return notebook.heading(f"Network of {units:,} units") + populations + projections

    def weight_limits(self, projection: Projection, *, learned: bool) -> Limits:
        """Return the limits of a projection's weights.

        Parameters
        ----------
        projection : Projection
            One of this network's projections.
        learned : bool
            Whether they may have learned: the end of a trial may leave a rule's bounds.

        Returns
        -------
        Limits
            Those of synapse and rule together.
        """
        rule = projection.plasticity
        bounds = None if rule is None else rule.reachable_weights if learned else rule.weight_bounds
        low, high = bounds or (-np.inf, np.inf)
        if projection.synapse.weight == "conductance":
            low = max(low, 0.0)
        return Limits(low, high, self.weight_unit(projection))

    def __getitem__(self, name: str) -> Population:
        for population in self.populations:
            if population.name == name:
                return population
        raise InputError(f"Network: no population {name!r}; it holds {', '.join(p.name for p in self.populations)}")

    def weight_unit(self, projection: Projection) -> Quantity:
        """Return the unit of a projection's weights (see the synapse model).

        Parameters
        ----------
        projection : Projection
            One of this network's projections.

        Returns
        -------
        Quantity
            A quantity of that unit; 1.0 where weights have no unit.
        """
        model = self[projection.target].model
        assert isinstance(model, NeuronModel)
        return model.weight_unit(projection.synapse.weight)

    def weight_unit_name(self, projection: Projection) -> str:
        """Return the SI unit of a projection's weights by its name in Brian2's equations.

        Parameters
        ----------
        projection : Projection
            One of this network's projections.

        Returns
        -------
        str
            "volt", "amp" or "siemens"; "1" where weights have no unit.
        """
        dimensions = get_dimensions(self.weight_unit(projection))
        names = {volt.dim: "volt", amp.dim: "amp", siemens.dim: "siemens"}
        return names.get(dimensions, "1")

    @property
    def longest_delay(self) -> float:
        """Longest delay of all projections in seconds; 0 without projections."""
        return max((projection.longest_delay for projection in self.projections), default=0.0)

    def compile(
        self,
        trial: Quantity | None = None,
        dt: Quantity = 0.1 * ms,
        *,
        presentation: Quantity | None = None,
        backend: str = "auto",
        cache: str | Path | None = None,
    ) -> Simulator:
        """Turn this description into a function that simulates it.

        Parameters
        ----------
        trial : Quantity, optional
            Length of a trial, a whole number of steps: what `Simulator.run` needs. `Simulator.run_for` needs none.
        dt : Quantity
            Time step.
        presentation : Quantity, optional
            How long the stimulus is on, from the trial's beginning. Default: all of the trial but a silence as long as
            the longest delay.
        backend : str
            "cpp" (compiled once, then cached), "cython", "numpy", the name of one that another package brings by an
            entry point `bnsim.backends`, or "auto": cpp where a C++ compiler is found, else numpy with a warning.
        cache : str or Path, optional
            Folder of compiled networks. Default: the user's cache folder.

        Returns
        -------
        Simulator
            The compiled network (see `bnsim.engine.simulator.Simulator`). Neither the length of trials or runs nor
            connectivity, weights and delays are compiled in.

        Raises
        ------
        InputError
            If a time, name or equation does not fit, or the back end is not known.
        MachineError
            If the compiler or the disk fails.
        """
        from bnsim.engine.compilation import compile_network

        return compile_network(self, trial, dt, presentation, backend, cache)

    def to_brian2(self, dt: Quantity = 0.1 * ms, key: int = 0) -> brian2.Network:
        """Return this network as plain Brian2 objects in Brian2's active device, for further use in Brian2.

        Parameters
        ----------
        dt : Quantity
            Time step.
        key : int
            Key of connectivity, weights and delays; random numbers are those of its trial 0.

        Returns
        -------
        brian2.Network
            Populations are NeuronGroups named `population_<name>`, projections Synapses named `projection_<name>`. The
            stimulus is the variable `drive` of a population with an encoder.

        Raises
        ------
        InputError
            If a rule learns at the end of a trial, or a population replays given spikes: Brian2 knows neither.
        """
        from bnsim.engine.compilation import to_brian2

        for projection in self.projections:
            if projection.plasticity is not None and projection.plasticity.trial_end:
                raise InputError(
                    f"to_brian2: {type(projection.plasticity).__name__} learns at the end of a trial, which plain "
                    "Brian2 does not know; use Network.compile"
                )
        for population in self.populations:
            if isinstance(population.model, Encoder) and population.model.form == "spikes":
                raise InputError(
                    f"to_brian2: {population.name!r} replays spikes that a run is given; "
                    "use a brian2.SpikeGeneratorGroup instead"
                )
        return to_brian2(self, dt, key)


def _named(*parts: Description | None) -> notebook.Cell:
    """Kinds of descriptions, with all of their parameters where a pointer is over them."""
    given = [part for part in parts if part is not None]
    return notebook.Cell(", ".join(type(part).__name__ for part in given), ", ".join(map(repr, given)))


def _check_space(culprit: str, projection: Projection, source: Population, target: Population) -> None:
    """Distances need positions of both populations, in one space."""
    rule = type(projection.connectivity).__name__
    for population in (source, target):
        if population.positions is None:
            raise InputError(
                f"{culprit}.connectivity: {rule} needs positions, {population.name!r} has none; "
                "give Population(..., positions=bnsim.Grid(shape, spacing)), say"
            )
    for what, one, other in (
        ("number of dimensions", source.positions.dimensions, target.positions.dimensions),
        ("period in metres", source.positions.lengths, target.positions.lengths),
    ):
        if one != other:
            raise InputError(
                f"{culprit}.connectivity: {source.name!r} and {target.name!r} lie in different spaces, whose {what} is "
                f"{one} and {other}; give both positions in one"
            )


def _check_coupling(culprit: str, projection: Projection, source: Population, target: NeuronModel) -> None:
    """Electrical synapses join two membranes whose input has the same unit."""
    model, synapse = source.model, type(projection.synapse).__name__
    if not isinstance(model, NeuronModel):
        raise InputError(
            f"{culprit}.source: {source.name!r} is an encoder and has no membrane for {synapse}; "
            "give a population of neurons"
        )
    if model.input_unit != target.input_unit:
        raise InputError(
            f"{culprit}: {synapse} cannot couple {type(model).__name__}, whose input is in {model.input_unit}, to "
            f"{type(target).__name__}, whose input is in {target.input_unit}; choose models with the same unit"
        )
    if projection.plasticity is not None:
        raise InputError(
            f"{culprit}.plasticity: {synapse} transmits no spikes from which a rule could learn; leave plasticity out"
        )
