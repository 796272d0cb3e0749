"""Names in the texts of a program: each is declared, a constant, a unit, a function or known to the engine."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from brian2.core.functions import DEFAULT_FUNCTIONS
from brian2.core.namespace import DEFAULT_UNITS
from brian2.equations.equations import SingleEquation

from bnsim.description import Description
from bnsim.errors import InputError
from bnsim.jumps import Jump
from bnsim.notation import read_equations
from bnsim.program.parts import TrialEnd
from bnsim.program.whole import PopulationProgram, ProjectionProgram

EVERYWHERE = frozenset(
    {*DEFAULT_FUNCTIONS, *DEFAULT_UNITS, "t", "dt", "t_in_timesteps", "i", "N", "True", "False", "inf", "pi", "e"}
)
OF_ENGINE = frozenset(
    {f"bnsim_{name}" for name in ("select", "uniform", "normal", "normal_quantile", "poisson", "poisson_quantile")}
)
OF_NEURONS = frozenset({"lastspike", "not_refractory", "spike_count", *OF_ENGINE})
OF_SYNAPSES = frozenset({"j", "lastupdate", *OF_ENGINE})
_DECLARE = "declare it in the equations, or as a parameter: {}: Quantity = bnsim.parameter(...)"


def check_equations(
    culprit: str,
    equations: Mapping[str, SingleEquation],
    constants: Iterable[str],
    of_cells: Iterable[str] = (),
    parts: Sequence[Description] = (),
) -> None:
    """Refuse equations that hold a name that nothing declares, before anyone asks how they are integrated.

    Parameters
    ----------
    culprit : str
        What the equations were given as, for the message of an error.
    equations : mapping of str to SingleEquation
        All equations of a population, by variable.
    constants, of_cells : iterable of str
        Names that are no variables: the same for all cells, and those that differ from cell to cell.
    parts : sequence of Description
        Synapses, rules and drives whose texts are among the equations, so that a message names the one that is meant.

    Raises
    ------
    InputError
        If there is such a name; the message suggests the nearest one.
    """
    known = {*equations, *constants, *of_cells, *EVERYWHERE, *OF_NEURONS}
    _refuse(culprit, [equation.expr.code for equation in equations.values() if equation.expr is not None], known, parts)


def check_population(
    culprit: str, population: PopulationProgram, ends: Iterable[TrialEnd], parts: Sequence[Description] = ()
) -> None:
    """Refuse a population whose texts hold a name that nothing declares.

    Parameters
    ----------
    culprit : str
        Class of the model, for the message of an error.
    population : PopulationProgram
        The population.
    ends : iterable of TrialEnd
        Statements at a trial's end, of all owners.
    parts : sequence of Description
        Neuron model, synapses, rules and drives that have written the texts.

    Raises
    ------
    InputError
        If there is such a name; the message suggests the nearest one.
    """
    declared = read_equations(f"Population({population.name!r})", population.equations)
    known = {*declared, *population.constants, *EVERYWHERE, *OF_NEURONS}
    check_equations(f"{culprit}.equations", declared, population.constants, parts=parts)
    _refuse(f"{culprit}.threshold", [population.threshold], known, parts)
    _refuse(f"{culprit}.reset", [population.reset], known, parts)
    drives = [population.at_start, population.from_outside, *(draw.of for draw in population.draws)]
    _refuse(f"Population({population.name!r}).drive", drives, known, parts)
    _refuse(f"Population({population.name!r}): statements of rules in each step", [population.each_step], known, parts)
    at_ends = [end.statements for end in ends if end.place == "population" and end.owner == population.name]
    _refuse(f"Population({population.name!r}): statements at a trial's end", at_ends, known, parts)


def check_projection(
    projection: ProjectionProgram,
    source: PopulationProgram,
    target: PopulationProgram,
    ends: Iterable[TrialEnd],
    parts: Sequence[Description] = (),
) -> None:
    """Refuse a projection whose statements hold a name that nothing declares.

    Parameters
    ----------
    projection : ProjectionProgram
        The projection.
    source, target : PopulationProgram
        The populations that it joins.
    ends : iterable of TrialEnd
        Statements at a trial's end, of all owners.
    parts : sequence of Description
        Synapse model and rule, which have written the texts.

    Raises
    ------
    InputError
        If there is such a name; the message suggests the nearest one.
    """
    culprit = f"Projection({projection.name!r})"
    own = read_equations(culprit, projection.equations)
    neurons = {
        end: {*read_equations(f"Population({population.name!r})", population.equations), *OF_NEURONS, "i", "N"}
        for end, population in (("pre", source), ("post", target))
    }
    known = {*own, *neurons["post"], *projection.constants, *EVERYWHERE, *OF_SYNAPSES}
    known |= {f"{name}_{end}" for end, names in neurons.items() for name in names}
    expressions = [equation.expr.code for equation in own.values() if equation.expr is not None]
    at_ends = [end.statements for end in ends if end.place == "projection" and end.owner == projection.name]
    _refuse(
        culprit,
        [*expressions, projection.on_pre, projection.on_post, projection.graded, projection.each_step, *at_ends],
        known,
        parts,
    )


def _refuse(culprit: str, texts: Iterable[str], known: Collection[str], parts: Sequence[Description] = ()) -> None:
    for text in texts:
        for line in text.splitlines():
            for node in ast.walk(ast.parse(line.strip())):
                if isinstance(node, ast.Name) and node.id not in known:
                    owner, written = _origin(node.id, parts) or (culprit, line.strip())
                    own = {name for part in parts for name in part.parameters} | {*known} - EVERYWHERE
                    near = difflib.get_close_matches(node.id, sorted(own), n=1)
                    remedy = f"did you mean {near[0]!r}?" if near else _DECLARE.format(node.id)
                    raise InputError(f"{owner}: unknown name {node.id!r} in {written!r}; {remedy}")


def _origin(name: str, parts: Iterable[Description]) -> tuple[str, str] | None:
    """Class and attribute in whose text a name stands, and the line: lowered texts are made from those of several."""
    for part in parts:
        for attribute in part.STRUCTURE:
            for line in _lines(getattr(part, attribute)):
                if re.search(rf"\b{name}\b", line):
                    return f"{type(part).__name__}.{attribute}", line.strip()
    return None


def _lines(value: object) -> Iterator[str]:
    """The lines of texts, of which an attribute may hold several."""
    if isinstance(value, str):
        yield from value.splitlines()
    elif isinstance(value, Jump):
        yield value.amount
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _lines(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from _lines(item)
