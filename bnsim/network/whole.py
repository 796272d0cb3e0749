"""Populations and the projections between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from brian2.units import ms
from brian2.units.fundamentalunits import Quantity, get_dimensions

from bnsim import checks, notebook
from bnsim.description import Description, readable
from bnsim.errors import InputError
from bnsim.limits import Limits
from bnsim.network.fit import check_dale, check_initial, check_projection
from bnsim.network.kinds import sequence
from bnsim.network.population import Population
from bnsim.network.projection import Projection
from bnsim.neurons import NeuronModel
from bnsim.notation import unit_in_equations
from bnsim.protocol import Repetition, Reward

if TYPE_CHECKING:
    import brian2

    from bnsim.engine.compilation import Brian2Script, Simulator


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
        wrong unit, sign or shape, connectivity does not fit the sizes of populations, a rule needs a reward and the
        network has none, spikes are expected of units that have no threshold, a rule could make weights negative that
        must not be, or a rule that follows a gradient stands where it would follow another one.
    """

    populations: Sequence[Population]
    projections: Sequence[Projection] = ()
    repetition: Repetition | None = None
    reward: Reward | None = None
    dale: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        for attribute, kind in (("populations", Population), ("projections", Projection)):
            items = sequence(f"Network.{attribute}", getattr(self, attribute), kind)
            object.__setattr__(self, attribute, items)
            names = [item.name for item in items]
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise InputError(f"Network.{attribute}: the name {twice[0]!r} occurs twice; give each its own name")
        if not self.populations:
            raise InputError("Network.populations: empty; give at least one population")
        for projection in self.projections:
            for end in ("source", "target"):
                known = [population.name for population in self.populations]
                checks.one_of(f"Projection({projection.name!r}).{end}", getattr(projection, end), known)
            check_projection(self, projection, self[projection.source], self[projection.target])
        for population in self.populations:
            incoming = [projection for projection in self.projections if projection.target == population.name]
            check_initial(f"Population({population.name!r}).initial", population, incoming)
        if self.dale:
            check_dale(self.projections)
        self._check_protocol()

    def _check_protocol(self) -> None:
        known = [population.name for population in self.populations]
        for attribute, value, kind in (("repetition", self.repetition, Repetition), ("reward", self.reward, Reward)):
            if value is None:
                continue
            if not isinstance(value, kind):
                raise InputError(f"Network.{attribute}: {value!r} is no {kind.__name__}; give one or None")
            checks.one_of(f"{kind.__name__}.population", value.population, known)
            self[value.population].check_fires(f"{kind.__name__}.population")

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
            Such as "volt", "amp" or "siemens"; "1" where weights have no unit.
        """
        return unit_in_equations(get_dimensions(self.weight_unit(projection)))

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
        threads: int | None = None,
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
        threads : int, optional
            How many cores share the work, on the back end cpp. In networks with a population of 4,096 neurons and more
            they share each step: those populations, and projections of a million pairs and more whose weights nothing
            changes. In smaller networks they share the trials of a run with plastic=False, each in a process of its
            own. Results are the same bits for any number; more than there are free cores make it slower. Default:
            what the environment variable BNSIM_THREADS says, 1 without it.

        Returns
        -------
        Simulator
            The compiled network.

        Raises
        ------
        InputError
            If a time, name or equation does not fit, or the back end is not known.
        MachineError
            If the compiler or the disk fails.

        Notes
        -----
        Compiling takes seconds, and is done once for each network and step. Neither the length of trials or runs, nor
        connectivity, weights and delays are compiled in; nor is a parameter of which each cell has its own value, such
        as `LIF(tau_m=np.full(7, 15) * ms)` or `LIF(tau_m=Normal(20 * ms, 2 * ms))`, or a drive given as `Binned`. One
        number for all cells is compiled in, for it is faster: to scan a parameter, give it as an array.
        """
        from bnsim.engine.compilation import compile_network

        return compile_network(self, trial, dt, presentation, backend, cache, threads)

    def to_brian2(self, dt: Quantity = 0.1 * ms, key: int = 0, *, stimulus: Any = None) -> brian2.Network:
        """Return this network as plain Brian2 objects in Brian2's active device, for further use in Brian2.

        Parameters
        ----------
        dt : Quantity
            Time step.
        key : int
            Key of connectivity, weights and delays; random numbers are those of its trial 0.
        stimulus : mapping or array, optional
            What encoders are given, as in `Simulator.run_for`, one value for each unit. It may be left out where none
            replays spikes, and the variables `drive` be set afterwards.

        Returns
        -------
        brian2.Network
            Populations are groups named `population_<name>`, projections Synapses named `projection_<name>`; given
            spikes are those of a SpikeGeneratorGroup. The stimulus is the variable `drive` of a population with an
            encoder, positions are `position_x`, `position_y` and `position_z`. Learning is on.

        Raises
        ------
        InputError
            If the stimulus does not fit, or Brian2 has no word for something: what happens at the end of a trial, a
            signal without a default, a variable of a population that replays spikes.
        """
        from bnsim.engine.compilation import to_brian2

        return to_brian2(self, dt, key, stimulus)

    def to_brian2_script(
        self, duration: Quantity, stimulus: Any = None, *, dt: Quantity = 0.1 * ms, key: int = 0
    ) -> Brian2Script:
        """Return a script that builds this network in Brian2 and runs it, for a reader who knows Brian2.

        Parameters
        ----------
        duration : Quantity
            Length of the run, a whole number of steps.
        stimulus : mapping or array, optional
            What encoders are given, as in `Simulator.run_for`.
        dt : Quantity
            Time step.
        key : int
            Key of connectivity, weights, delays and values at the start, which the script holds as numbers.

        Returns
        -------
        Brian2Script
            `script.save("network.py")` writes it; it needs brian2 and numpy alone.

        Raises
        ------
        InputError
            As `to_brian2`.

        Notes
        -----
        Spikes are those of `Simulator.run_for` where nothing is random. Random drives and encoders draw from Brian2's
        own generator, so that only their statistics are the same. Equations are integrated by the method of Brian2's
        that gives the same numbers, if there is one; where bnsim has its own, the script holds the statements of one
        step, with coefficients for this time step.
        """
        from bnsim.engine.compilation import to_brian2_script

        return to_brian2_script(self, duration, stimulus, dt, key)


def _named(*parts: Description | None) -> notebook.Cell:
    """Kinds of descriptions, with all of their parameters where a pointer is over them."""
    given = [part for part in parts if part is not None]
    return notebook.Cell(", ".join(type(part).__name__ for part in given), ", ".join(map(repr, given)))
