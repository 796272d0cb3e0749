"""The lines of a script that build a population."""

from __future__ import annotations

import re
from collections.abc import Mapping
from textwrap import indent
from typing import Any

import brian2
import numpy as np
from brian2.equations.equations import SingleEquation
from brian2.units.fundamentalunits import DIMENSIONLESS, get_dimensions

from bnsim.engine.plain import starts, with_positions
from bnsim.engine.script import literals, texts
from bnsim.engine.script.method import exact_in_brian2
from bnsim.engine.script.writer import Writer
from bnsim.notation import read_equations
from bnsim.program import PopulationProgram, Series

_STEP = '''\
def one_step_of_{name}(equations, variables=None, method_options=None):
    """Return the statements of one step of {dt}; their coefficients are in the namespace of {name}.

    They are those of bnsim, which Brian2 has no method for. The equations are not read: after a change of them, or of
    the step, give the group another method, such as "exponential_euler" or "rk4". Its numbers are nearly the same.
    """
    return {code}

'''


def write_population(writer: Writer, population: PopulationProgram) -> None:
    """Write the lines of a population.

    Parameters
    ----------
    writer : Writer
        The script.
    population : PopulationProgram
        The population.

    Raises
    ------
    InputError
        If a random number is used in a way that Brian2 has no function for.
    """
    name, size = writer.name(population.name), str(population.size)
    label = f'name="population_{population.name}"'
    if population.name in writer.inputs.spikes:
        units, steps = writer.inputs.spikes[population.name]
        times = np.round(steps * writer.program.dt * 1e3, 9)
        indices = f"indices={writer.indices(f'{population.name}.units', units)}"
        listed = writer.array(f"{population.name}.times", times, DIMENSIONLESS)
        writer.call(name, "SpikeGeneratorGroup", size, indices, f"times={listed}*ms", label)
    elif any(draw.kind == "chance" for draw in population.draws) and not _held(population):
        writer.call(name, "PoissonGroup", size, f"rates={_rates(writer, population)}", label)
    else:
        _write_neurons(writer, population, name, label)


def _held(population: PopulationProgram) -> set[str]:
    """Variables of a population besides those of the engine, and the stimulus."""
    return set(read_equations(population.name, texts.equations(population) or "unused : 1")) - {"unused", "drive"}


def _rates(writer: Writer, population: PopulationProgram) -> str:
    """Rates with which Brian2 has the same probability of a spike in each step."""
    writer.random = True
    rates = writer.inputs.values[population.name] / writer.program.dt
    if len(rates) == 1:
        return writer.values(f"{population.name}.rates", rates[0], brian2.Hz.dim)
    series = Series("rates", writer.steps // len(rates), rates)
    return f'"{writer.timed(f"rates_of_{population.name}", series, brian2.Hz.dim)}"'


def _write_neurons(writer: Writer, population: PopulationProgram, name: str, label: str) -> None:
    culprit = f"Population({population.name!r})"
    writer.random = writer.random or bool(population.draws)
    threshold, reset, decays, at_start, each_step, from_outside = texts.statements(
        culprit,
        (
            population.threshold,
            population.reset,
            population.decays,
            population.at_start,
            population.each_step,
            population.from_outside,
        ),
        population.draws,
    )
    equations = texts.equations(population)
    method, code, coefficients = _method(writer, population, equations)
    values, constants = dict[str, np.ndarray](), dict(population.constants)
    for axis, places in with_positions(population, writer.arrays).items():
        equations, values[axis] = f"{equations}\n{axis} : metre (constant)", places
    for symbol, numbers in coefficients.items():
        if len(numbers) == 1:
            constants[symbol] = numbers[0]
        else:
            equations, values[symbol] = f"{equations}\n{symbol} : 1 (constant)", numbers
    used = texts.constants(
        (equations, threshold, reset, decays, at_start, each_step, from_outside, population.refractory, code), constants
    )
    arguments = [str(population.size), literals.text(equations)]
    arguments += [f"threshold={literals.text(threshold)}"] if threshold != "False" else []
    arguments += [f"reset={literals.text(reset)}"] if reset else []
    arguments += [f"refractory={_refractory(population, writer.program.dt)}"] if population.refractory else []
    writer.call(name, "NeuronGroup", *arguments, f"method={method}", *namespace(used), label)
    found = read_equations(culprit, equations)
    values |= {
        variable.symbol: start
        for variable, start in starts(writer.program, writer.arrays)
        if variable.owner == population.name and start.any()
    }
    _write_values(writer, population, name, values, found)
    writer.regularly(name, "\n".join(filter(None, (decays, at_start))), "start")
    writer.regularly(name, each_step, "after_thresholds", order=-1)
    writer.regularly(name, from_outside, "synapses", order=-1)


def _write_values(
    writer: Writer,
    population: PopulationProgram,
    name: str,
    values: Mapping[str, np.ndarray],
    found: Mapping[str, SingleEquation],
) -> None:
    for symbol, start in values.items():
        text = writer.values(f"{population.name}.{symbol}", start, found[symbol].dim)
        writer.lines.append(f"{name}.{symbol} = {text}")
    series = list(population.series)
    drive = writer.inputs.values.get(population.name)
    if drive is not None and len(drive) == 1:
        writer.lines.append(f"{name}.drive = {writer.values(f'{population.name}.drive', drive[0], found['drive'].dim)}")
    elif drive is not None:
        series.append(Series("drive", writer.steps // len(drive), drive))
    for course in series:
        present = writer.timed(f"{course.symbol}_of_{population.name}", course, found[course.symbol].dim)
        writer.regularly(name, f"{course.symbol} = {present}", "start", order=-2)


def _method(writer: Writer, population: PopulationProgram, equations: str) -> tuple[str, str, dict[str, np.ndarray]]:
    """Brian2's method; or a function that stands for one, its statements, and their coefficients."""
    step, dt = population.integration, writer.program.dt
    if step is None:
        return f'"{population.method}"', "", {}
    found = writer.program.coefficients(True, writer.arrays)
    own = {symbol: values for (owner, symbol), values in found.items() if owner == population.name}
    if exact_in_brian2(population, equations, own, writer.arrays, dt):
        return '"exact"', "", {}
    (code,) = texts.statements(f"Population({population.name!r})", (step.code,))
    step_text = literals.quantity(dt, brian2.second.dim)
    writer.lines.append(
        "\n" + _STEP.format(name=population.name, dt=step_text, code=indent(literals.text(code), "    ").lstrip())
    )
    return f"one_step_of_{population.name}", code, own


def _refractory(population: PopulationProgram, dt: float) -> str:
    """The period, where it is all that the condition says."""
    period = re.fullmatch(r"t - lastspike < ([\d.e-]+) \* second", population.refractory)
    if period is None:
        return f'"{population.refractory}"'
    return literals.quantity(round(float(period[1]) / dt + 0.5) * dt, brian2.second.dim)


def namespace(constants: Mapping[str, Any]) -> list[str]:
    """Return the argument that gives names their values.

    Parameters
    ----------
    constants : mapping of str to Quantity
        The values.

    Returns
    -------
    list of str
        One text, or none where there are no names.
    """
    if not constants:
        return []
    lines = (
        f'    "{name}": {literals.quantity(np.asarray(value), get_dimensions(value))},\n'
        for name, value in constants.items()
    )
    return [f"namespace={{\n{''.join(lines)}}}"]
