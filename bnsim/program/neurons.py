"""Equations and statements of a population: its model's, and what the projections that begin or end there add."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from brian2.units import second
from brian2.units.fundamentalunits import Quantity

from bnsim import checks
from bnsim.cells import CellValues
from bnsim.description import Description
from bnsim.drives import Encoder
from bnsim.drives.encoder import BY_CHANCE
from bnsim.errors import InputError, RoundingWarning
from bnsim.network import Population
from bnsim.neurons import NeuronModel
from bnsim.notation import read_equations
from bnsim.program.drives import DriveParts
from bnsim.program.integration import Integration, exact, exponential_midpoint
from bnsim.program.links import Link
from bnsim.program.names import check_equations
from bnsim.program.parts import KEY_WORDS, Draw
from bnsim.program.statements import assignments, declared, fill, gate, refuse_persistent, refuse_randomness, rename

ENGINE = frozenset(
    {
        *KEY_WORDS,
        "spike_count",
        "drive",
        "plastic",
        "uniform",
        "first_step",
        "last_spike_step",
        "lastspike",
        "not_refractory",
        "w",
    }
)
"""Variables that the engine or Brian2 adds, and the weight of every synapse: no neuron model may have one of them."""


_KEYS = [*(f"{word} : integer (shared)" for word in KEY_WORDS), "first_step : integer (shared)"]
"""What a population that draws random numbers needs to know."""


@dataclass(frozen=True)
class Cells:
    """Population together with its projections.

    Parameters
    ----------
    population : Population
        The population.
    links : sequence of Link
        Projections that begin or end here, in the network's order.
    decides : bool
        Whether the network's reward depends on this population's decision.
    drives : tuple of DriveParts
        What acts on the population from outside.
    """

    population: Population
    links: Sequence[Link]
    decides: bool
    drives: tuple[DriveParts, ...] = ()

    def sends(self, link: Link) -> bool:
        """Return whether a projection begins here.

        Parameters
        ----------
        link : Link
            The projection.

        Returns
        -------
        bool
            True if this population is its source.
        """
        return link.source.name == self.population.name

    def receives(self, link: Link) -> bool:
        """Return whether a projection ends here.

        Parameters
        ----------
        link : Link
            The projection.

        Returns
        -------
        bool
            True if this population is its target.
        """
        return link.target.name == self.population.name

    @property
    def incoming(self) -> list[Link]:
        return [link for link in self.links if self.receives(link)]

    @property
    def parts(self) -> list[Description]:
        """What has written the texts of the population: its model, drives, and the synapses and rules around it."""
        around = [part for link in self.links for part in (link.synapse, link.rule) if part is not None]
        return [self.population.model, *self.population.drives, *around]

    @property
    def of_cells(self) -> dict[str, CellValues]:
        """Parameters of the model and of drives that differ from cell to cell, by their variable."""
        model = self.population.model
        found = dict(model.of_cells) if isinstance(model, NeuronModel) else {}
        for drive in self.drives:
            found |= drive.of_cells
        return found

    @property
    def initial(self) -> dict[str, str]:
        """Expressions of the model and of drives for variables at the start."""
        model = self.population.model
        found = dict(model.initial) if isinstance(model, NeuronModel) else {}
        for drive in self.drives:
            found |= drive.initial
        return found

    @property
    def learns(self) -> bool:
        """Whether anything in this population depends on learning being on."""
        model = self.population.model
        if not isinstance(model, NeuronModel):
            return False
        return bool(model.persistent) or any(link.rule is not None for link in self.incoming)

    @property
    def draw(self) -> Draw | None:
        """Random numbers that the spikes of an encoder depend on."""
        model, stream = self.population.model, f"{self.population.name}:spikes"
        if not isinstance(model, Encoder):
            return None
        if model.threshold == BY_CHANCE:
            return Draw("chance", stream, "fires", "drive", sparse=True)
        if re.search(r"\buniform\b", model.threshold):
            return Draw("uniform", stream, "uniform", sparse=model.silent_without_drive)
        return None


def equations(cells: Cells) -> str:
    """Return all equations of a population: its model, its synapses, the summed input and the engine's counters.

    Parameters
    ----------
    cells : Cells
        The population.

    Returns
    -------
    str
        Equations in Brian2's notation, one a line.

    Raises
    ------
    InputError
        If the model draws random numbers, takes no input though it receives some, or writes the equation of a
        persistent variable on several lines.
    """
    refuse_randomness(cells.population.model)
    lines = ["spike_count : integer"]
    if cells.decides:
        lines.append("last_spike_step : integer")
    for link in cells.links:
        if cells.sends(link):
            lines += _at_source(link)
        if cells.receives(link):
            lines += [line for line in _at_target(link) if line not in lines]
    model = cells.population.model
    if isinstance(model, NeuronModel):
        lines = [_model_equations(model), *lines, *_input(cells, model)]
    else:
        lines += _spike_source(cells, model)
    return "\n".join(line for line in lines if line)


def _at_source(link: Link) -> list[str]:
    currents = [f"{link.currents['pre']} : {link.model.input_unit}"] if link.currents else []
    if link.rule is None:
        return currents
    traces = [f"{link.names[name]} : 1" for name in link.presynaptic_traces if link.on_neurons(name)]
    return [rename(link.rule.presynaptic, link.names), *traces, *currents]


def _at_target(link: Link) -> list[str]:
    lines = [fill(rename(link.synapse.equations, link.names), link.model)]
    if link.counted:
        lines += [f"{link.arrived} : {link.weight_unit}", f"{link.common} : 1 (shared)"]
    if link.currents:
        lines.append(f"{link.currents['post']} : {link.model.input_unit}")
    if link.rule is not None:
        added = rename(link.rule.postsynaptic.replace("{weight_unit}", link.weight_unit), link.names)
        lines.append(fill(added, link.model))
        lines += [f"{link.names[name]} : 1" for name in link.postsynaptic_traces]
        common = ((name, unit.replace("{weight_unit}", link.weight_unit)) for name, unit in link.rule.common.items())
        lines += [f"{name} : {unit}" for name, unit in common]
    return lines


def _spike_source(cells: Cells, encoder: Encoder) -> list[str]:
    lines, draw = ["drive : 1"], cells.draw
    if draw is not None:
        lines += [f"{draw.symbol} : {'boolean' if draw.kind == 'chance' else '1'}", *_KEYS]
    return lines


def threshold(cells: Cells) -> str:
    """Return the condition for a spike.

    Parameters
    ----------
    cells : Cells
        The population.

    Returns
    -------
    str
        A condition in Brian2's notation.
    """
    draw = cells.draw
    if draw is not None and draw.kind == "chance":
        return draw.symbol
    return cells.population.model.threshold or "False"


def _input(cells: Cells, model: NeuronModel) -> list[str]:
    lines = [] if cells.population.encoder is None else [f"drive : {model.input_unit}"]
    lines += [line for drive in cells.drives for line in drive.equations]
    if any(drive.draw is not None for drive in cells.drives):
        lines += _KEYS
    if cells.learns:
        lines.append("plastic : boolean (shared)")
    summed = _summed_input(cells, model)
    if re.search(r"\bI\b", model.equations):
        lines.append(f"I = {summed or '0 * ' + model.input_unit} : {model.input_unit}")
    elif summed:
        raise InputError(
            f"{type(model).__name__}.equations: without I, the input of population {cells.population.name!r} would be "
            "lost; add I to them"
        )
    return lines


def _summed_input(cells: Cells, model: NeuronModel) -> str:
    terms = [] if cells.population.encoder is None else ["drive"]
    terms += [drive.current for drive in cells.drives if drive.current]
    for link in cells.incoming:
        term = fill(rename(link.synapse.current, link.names), model)
        if term and term not in terms:  # equal synapses share their variables
            terms.append(term)
    for link in cells.links:
        ends = {"pre": cells.sends(link), "post": cells.receives(link)}
        terms += [name for end, name in link.currents.items() if ends[end]]
    return " + ".join(terms)


def _model_equations(model: NeuronModel) -> str:
    lines, gated = [], set()
    for line in model.equations.splitlines():
        match = re.match(r"^\s*d(\w+)\s*/\s*dt\s*=\s*(.+):(.+)$", line)
        if match and match.group(1) in model.persistent:
            name, rate, unit = match.groups()
            line = f"d{name}/dt = int(plastic) * ({rate.strip()}) : {unit.strip()}"
            gated.add(name)
        lines.append(line)
    missed = [name for name in model.persistent if re.search(rf"\bd{name}\s*/\s*dt\b", model.equations)]
    missed = [name for name in missed if name not in gated]
    if missed:
        raise InputError(
            f"{type(model).__name__}.equations: the persistent {missed[0]!r} has an equation of several lines; "
            "write it on one line"
        )
    text = "\n".join(lines)
    if float(model.refractory) == 0:
        text = re.sub(r"\(\s*unless refractory\s*\)", "", text)
    return text


def reset(cells: Cells) -> str:
    """Return the statements at a spike of a unit: the model's reset, the spike count, the rules' traces held here.

    Parameters
    ----------
    cells : Cells
        The population.

    Returns
    -------
    str
        Statements, one a line.

    Raises
    ------
    InputError
        If a line of the model's reset is not an assignment.
    """
    model = cells.population.model
    lines = (
        [gate(f"{type(model).__name__}.reset", model.reset, model.persistent, "plastic")]
        if isinstance(model, NeuronModel)
        else []
    )
    lines.append("spike_count += 1")
    if cells.decides:
        lines.append("last_spike_step = t_in_timesteps")
    for link in cells.links:
        if link.rule is not None and cells.sends(link):
            lines.append(rename(link.rule.on_presynaptic_spike, link.names))
        if cells.receives(link):
            lines += [rename(statement, link.names) for _, statement in link.postsynaptic_traces.values()]
    return "\n".join(line for line in lines if line)


def decays(cells: Cells) -> str:
    """Return the statements that make the traces of a population decay in each step.

    The decay is the exact solution, whatever the neurons' integration method.

    Parameters
    ----------
    cells : Cells
        The population.

    Returns
    -------
    str
        Statements, one a line; "" where there are no traces.
    """
    lines = []
    for link in cells.links:
        traces = dict(link.presynaptic_traces) if cells.sends(link) else {}
        if cells.receives(link):
            traces |= link.postsynaptic_traces
        for name, (tau, _) in traces.items():
            if link.on_neurons(name):
                lines.append(f"{link.names[name]} *= exp(-dt / {link.names[tau]})")
    return "\n".join(lines)


def arrivals(cells: Cells) -> str:
    """Return the statements that change presynaptic traces at a spike, before any synapse processes the spike.

    Parameters
    ----------
    cells : Cells
        The population.

    Returns
    -------
    str
        Statements, one a line; "" where there are no such traces.
    """
    return "\n".join(
        rename(statement, link.names)
        for link in cells.links
        if cells.sends(link)
        for name, (_, statement) in link.presynaptic_traces.items()
        if link.on_neurons(name)
    )


def each_step(cells: Cells) -> str:
    """Return the rules' statements of a population's units in every step, before any spike of that step acts.

    Parameters
    ----------
    cells : Cells
        The population.

    Returns
    -------
    str
        Statements, one a line, in the order of the projections; "" where there are none.

    Raises
    ------
    InputError
        If they write a persistent variable of the neurons: only the neuron model knows whether learning is on.
    """
    lines, model = [], cells.population.model
    for link in cells.links:
        for end, concerned in (("presynaptic", cells.sends(link)), ("postsynaptic", cells.receives(link))):
            text = "" if link.rule is None else getattr(link.rule, f"{end}_each_step")
            if concerned and text:
                lines.append(
                    _checked_step(f"{type(link.rule).__name__}.{end}_each_step", rename(text, link.names), model)
                )
    return "\n".join(lines)


def _checked_step(culprit: str, text: str, model: NeuronModel | Encoder) -> str:
    if not isinstance(model, NeuronModel):
        if any(name == "drive" for name, _ in assignments(culprit, text)):
            raise InputError(
                f"{culprit}: writes 'drive', which is the stimulus; keep what you need in another variable"
            )
        return text
    statements = fill(text, model)
    for name, _ in assignments(culprit, statements):
        refuse_persistent(culprit, name, model)
    return statements


def integration(
    cells: Cells, model: NeuronModel, equations: str, constants: Mapping[str, Quantity], dt: float
) -> tuple[Integration | None, str]:
    """Return how the equations are integrated.

    Parameters
    ----------
    cells : Cells
        The population.
    model : NeuronModel
        Its model.
    equations : str
        Its equations.
    constants : mapping of str to Quantity
        Values of the names that are no variables.
    dt : float
        Time step in seconds.

    Returns
    -------
    integration : Integration or None
        One time step; None where it is left to Brian2.
    method : str
        Brian2's method then, else "".

    Raises
    ------
    InputError
        If the equations do not allow the method.
    """
    method, culprit = model.method, f"{type(model).__name__}.equations"
    if method == "exact" and re.search(rf"\b{model.membrane}\b", _summed_input(cells, model)):  # a conductance
        method = "exponential_midpoint"
    if method not in ("exact", "exponential_midpoint"):
        return None, method
    found = read_equations(f"Population({cells.population.name!r})", equations)
    check_equations(culprit, found, constants, model.of_cells, cells.parts)
    step = exact if method == "exact" else exponential_midpoint
    return step(culprit, found, constants, dt, frozenset(model.of_cells)), ""


def refractory(model: NeuronModel, dt: float) -> str:
    """Return the condition for being refractory.

    Parameters
    ----------
    model : NeuronModel
        The neuron model.
    dt : float
        Time step in seconds.

    Returns
    -------
    str
        A condition in Brian2's notation; "" where there is neither a refractory period nor a condition for rearming.

    Raises
    ------
    InputError
        If the period is shorter than a time step.

    Warns
    -----
    RoundingWarning
        If the period is no whole number of time steps.

    Notes
    -----
    Brian2 rounds a period to steps and divides the time since the last spike by dt to count them, for each neuron and
    step. Comparing that time with the period less half a step selects the same steps and needs no division. Brian2
    reads the condition for leaving refractoriness only, so a unit that has not fired need not be armed.
    """
    exact = float(model.refractory) / dt
    steps = int(exact + 1e-3)
    if exact - steps > 1e-3:
        period, step = checks.describe(model.refractory), checks.describe(dt * second)
        culprit = f"{type(model).__name__}.refractory: {period}"
        if steps == 0:
            raise InputError(f"{culprit} is shorter than a time step of {step}; give 0 ms or a multiple of dt")
        message = f"{culprit} is no whole number of steps of {step} and becomes {checks.describe(steps * dt * second)}"
        warnings.warn(f"{message}; give a multiple of dt", RoundingWarning, stacklevel=6)
    conditions = [f"t - lastspike < {(steps - 0.5) * dt!r} * second"] if float(model.refractory) > 0 else []
    conditions += [f"not ({model.rearmed})"] if model.rearmed else []
    return " or ".join(conditions)


def still(model: NeuronModel) -> set[str]:
    """Return the variables that are constant while a neuron is refractory, so that no spike changes them.

    Parameters
    ----------
    model : NeuronModel
        The neuron model.

    Returns
    -------
    set of str
        The membrane variable, and those marked `(unless refractory)`.

    Raises
    ------
    InputError
        If the model's equations cannot be read.
    """
    found = read_equations(f"{type(model).__name__}.equations", model.equations)
    return {model.membrane} | {name for name, equation in found.items() if "unless refractory" in equation.flags}


def check_prefix(cells: Cells, link: Link) -> None:
    """Refuse a projection whose name makes one of its variables bear the name of one of the neuron's.

    Parameters
    ----------
    cells : Cells
        A population.
    link : Link
        A projection that begins or ends there.

    Raises
    ------
    InputError
        If there is such a name.
    """
    model = cells.population.model
    if not isinstance(model, NeuronModel):
        return
    taken = sorted({*model.parameters, *declared(model, "equations")} & {*link.names.values()})
    if taken:
        raise InputError(
            f"Projection({link.name!r}).name: its variable {taken[0]!r} bears the name of one of "
            f"{type(model).__name__}; rename the projection"
        )


def check_names(model: NeuronModel) -> None:
    """Refuse a model that refers to variables it does not have, or uses a name that the engine reserves.

    Parameters
    ----------
    model : NeuronModel
        The model to check.

    Raises
    ------
    InputError
        If there is such a name.
    """
    known = declared(model, "equations")
    for attribute in ("persistent", "initial"):
        for name in getattr(model, attribute):
            checks.one_of(f"{type(model).__name__}.{attribute}", name, known)
    checks.one_of(f"{type(model).__name__}.membrane", model.membrane, known)
    taken = [name for name in known if name in ENGINE]
    if taken:
        raise InputError(f"{type(model).__name__}.equations: the engine has a {taken[0]!r} of its own; rename it")
