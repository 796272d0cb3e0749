"""A description as plain Brian2 objects: what is the same for objects and for a script, and the objects."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import brian2
import numpy as np
from brian2.units import second
from brian2.units.fundamentalunits import Quantity

from bnsim.arrays import Float64Array
from bnsim.drives.encoder import SpikeRaster
from bnsim.engine import random
from bnsim.engine.build import Replayed, build, connect
from bnsim.engine.initial import initial_arrays
from bnsim.engine.stimuli import by_encoder, encoded
from bnsim.errors import InputError
from bnsim.notation import read_equations
from bnsim.program import PopulationProgram, Program, Series, Variable
from bnsim.state import POSITIONS
from bnsim.timing import Timing

ENDLESS = 2**40
"""Steps of a run whose length is not known."""

BRIAN2S = ("lastspike", "lastupdate", "not_refractory")
"""Variables that Brian2 has by itself, with the same values at the start."""


@dataclass(frozen=True)
class Given:
    """What the encoders of a run are given.

    Parameters
    ----------
    values : mapping of str to ndarray of float64, shape (part, unit)
        By population, the drive in equal parts of the run, in SI units.
    spikes : mapping of str to tuple of two ndarray of int64
        By population, unit and step of each spike, in order of time.
    """

    values: Mapping[str, Float64Array]
    spikes: Mapping[str, Replayed]


def given(culprit: str, program: Program, stimulus: Any, steps: int = ENDLESS) -> Given:
    """Return what encoders are given, as arrays.

    Parameters
    ----------
    culprit : str
        What the stimulus was given to, for the message of an error.
    program : Program
        The network.
    stimulus : mapping, array or None
        As in `Simulator.run_for`.
    steps : int
        Length of the run in steps.

    Returns
    -------
    Given
        The arrays.

    Raises
    ------
    InputError
        If the stimulus does not fit, or its parts are no whole number of steps.
    """
    values, spikes = dict[str, Float64Array](), dict[str, Replayed]()
    grid = Timing(program.dt, steps, steps)
    for name, value in by_encoder(f"{culprit}(stimulus)", program, stimulus).items():
        population = program.population(name)
        assert population.stimulus is not None
        if population.stimulus.form == "spikes":
            drive = encoded(program, name, [value], grid)
            assert isinstance(drive, SpikeRaster)
            at, units = np.divmod(drive.index, population.size)
            spikes[name] = units, at
            continue
        drive = encoded(program, name, np.atleast_2d(value), grid)
        assert not isinstance(drive, SpikeRaster)
        if len(drive) == 0 or steps % len(drive) or (steps == ENDLESS and len(drive) > 1):
            one = "one value for each unit" if steps == ENDLESS else "parts of equal length"
            raise InputError(f"{culprit}(stimulus): {len(drive)} parts for {name!r}; give {one}")
        values[name] = drive
    return Given(values, spikes)


def check_plain(culprit: str, program: Program) -> None:
    """Refuse what plain Brian2 has no word for.

    Parameters
    ----------
    culprit : str
        Who asks, for the message of an error.
    program : Program
        The network.

    Raises
    ------
    InputError
        If something happens at the end of a trial, a signal has no default, or a population that replays spikes holds
        variables.
    """
    if program.trial_end:
        raise InputError(
            f"{culprit}: a rule of {program.trial_end[0].owner!r} learns at the end of a trial, which plain Brian2 "
            "does not know; use Network.compile"
        )
    for what, found in (("repetition", program.repetition), ("reward", program.reward)):
        if found is not None:
            raise InputError(
                f"{culprit}: the network's {what} belongs to trials, which plain Brian2 does not know; leave it out"
            )
    for signal in program.signals:
        if signal.default is None:
            raise InputError(
                f"{culprit}: the signal {signal.projection}.{signal.name} has no default and Brian2 no signals; give "
                "its rule a signal_defaults"
            )
    for population in program.populations:
        if population.stimulus is not None and population.stimulus.form == "spikes":
            held = set(read_equations(population.name, population.equations)) - {"spike_count", "drive"}
            if held:
                raise InputError(
                    f"{culprit}: a rule keeps {sorted(held)[0]!r} at {population.name!r}, which replays spikes; "
                    "Brian2's SpikeGeneratorGroup holds no variables"
                )


def with_positions(population: PopulationProgram, arrays: Mapping[str, np.ndarray]) -> dict[str, Float64Array]:
    """Return the coordinates of a population's units.

    Parameters
    ----------
    population : PopulationProgram
        The population.
    arrays : mapping of str to ndarray
        Arrays of the state.

    Returns
    -------
    dict of str to ndarray of float64
        In metres, by the names of their variables; {} where there are none.
    """
    positions = arrays.get(f"{population.name}{POSITIONS}")
    return (
        {}
        if positions is None
        else {f"position_{axis}": column for axis, column in zip("xyz", positions.T, strict=False)}
    )


def timed(series: Series, dt: float) -> tuple[Float64Array, float]:
    """Return values in time bins as Brian2's `TimedArray` takes them, which repeats its last values for ever.

    Parameters
    ----------
    series : Series
        The values.
    dt : float
        Time step in seconds.

    Returns
    -------
    values : ndarray of float64
        With a bin of zeros at the end.
    width : float
        Length of a bin in seconds.
    """
    return np.concatenate([series.values, np.zeros((1, *series.values.shape[1:]))]), series.every * dt


def starts(program: Program, arrays: Mapping[str, np.ndarray]) -> list[tuple[Variable, np.ndarray]]:
    """Return the values at the start that Brian2 does not choose by itself.

    Parameters
    ----------
    program : Program
        The network.
    arrays : mapping of str to ndarray
        Arrays of the state.

    Returns
    -------
    list of (Variable, ndarray)
        In the order in which Brian2 can be given them.
    """
    return [(v, arrays[v.name]) for v in program.variables if v.role != "weight" and v.symbol not in BRIAN2S]


def plain_network(program: Program, key: int, stimulus: Any) -> Any:
    """Return a program as plain Brian2 objects; see `Network.to_brian2`.

    Parameters
    ----------
    program : Program
        The program.
    key : int
        Key of connectivity, weights and delays; random numbers are those of its trial 0.
    stimulus : mapping, array or None
        What the encoders are given; None where there are none, or the drives are to be set later.

    Returns
    -------
    brian2.Network
        The network in Brian2's active device.

    Raises
    ------
    InputError
        If plain Brian2 does not know something in the network, or the stimulus does not fit.
    """
    check_plain("to_brian2", program)
    replays = [p for p in program.populations if p.stimulus is not None and p.stimulus.form == "spikes"]
    if stimulus is None and replays:
        raise InputError(f"to_brian2: {replays[0].name!r} replays spikes; give them as stimulus=")
    inputs = Given({}, {}) if stimulus is None else given("to_brian2", program, stimulus)
    arrays = initial_arrays(program, key, many=math.inf)
    objects = build(_as_it_is(program, arrays), inputs.spikes)
    for projection in program.projections:
        connect(objects.synapses[projection.name], projection, arrays)
    for variable, values in starts(program, arrays):
        setattr(objects.owner(variable), f"{variable.symbol}_", values)
    for (name, symbol), value in program.coefficients(True, arrays).items():
        setattr(objects.groups[name], f"{symbol}_", value)
    for signal in program.signals:
        setattr(objects.owner(signal), f"{signal.symbol}_", signal.default)
    high, low = random.trial_keys(key, np.zeros(1, np.uint64))[0]
    for population in program.populations:
        group = objects.groups[population.name]
        if population.learns:
            group.plastic = True
        if population.draws:
            group.trial_key_high, group.trial_key_low = high, low
        if population.name in inputs.values:
            group.drive_ = inputs.values[population.name][0]
        for name, coordinates in with_positions(population, arrays).items():
            setattr(group, f"{name}_", coordinates)
        for series in population.series:
            _feed(group, series, program.dt)
    return objects.network


def _as_it_is(program: Program, arrays: Mapping[str, np.ndarray]) -> Program:
    """The program without variables that only recordings need, and with those of positions."""
    populations = []
    for population in program.populations:
        declared = [f"{name} : metre (constant)" for name in with_positions(population, arrays)]
        equations = "\n".join([population.equations, *declared])
        populations.append(replace(population, computed=(), equations=equations))
    return replace(program, populations=tuple(populations))


def _feed(group: Any, series: Series, dt: float) -> None:
    """Let a variable of a group take its values in time bins, before anything reads it."""
    values, width = timed(series, dt)
    name, index = f"{series.symbol}_values", ", i" if values.ndim == 2 else ""
    unit = Quantity(1.0, dim=group.variables[series.symbol].dim)
    group.namespace[name] = brian2.TimedArray(values * unit, dt=width * second)
    group.run_regularly(f"{series.symbol} = {name}(t{index})", when="start", order=-3, clock=group.clock)
