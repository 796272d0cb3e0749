"""One cell of each neuron model: its response to a constant current, and its firing rate for many."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from functools import partial

import numpy as np
from brian2.units import ms

import bnsim
from bnsim import neurons
from bnsim.description import declared_parameters
from bnsim.errors import InputError
from bnsim.neurons import NeuronModel
from bnsim.notation import read_equations
from bnsim.rates_of_change import rates_of_change
from experiments.lab.curves import FICurve, PhasePlane
from experiments.lab.simulation import Simulation
from experiments.lab.spec import Knob, Values, explained
from experiments.lab.units import UNITS, unit_of
from experiments.lab.views import Potentials, Raster, View

CELLS = 41
"""Cells of the f-I curve, from no current to the end of the slider."""
_WIDE = 30.0
"""How far a slider of a potential reaches from the default, in mV; those of other parameters end at multiples of it."""


def network(values: Values, *, model: type[NeuronModel], top: float, unit: str) -> bnsim.Network:
    """Return a cell with the chosen current, and cells with currents from 0 upwards.

    Parameters
    ----------
    values
        Values of the knobs.
    model
        The neuron model.
    top
        Largest current, in `unit`.
    unit
        Unit of the currents.

    Returns
    -------
    Network
        Populations "cell" and "curve".
    """
    cell = model(**{name: value for name, value in values.items() if name != "current"})
    currents = np.linspace(0, top, CELLS) * UNITS[unit]
    return bnsim.Network(
        [
            bnsim.Population("cell", 1, cell, drive=bnsim.Current(values["current"])),
            bnsim.Population("curve", CELLS, cell, drive=bnsim.Current(currents)),
        ]
    )


def experiment(model: type[NeuronModel]) -> Simulation:
    """Return the experiment of a neuron model.

    Parameters
    ----------
    model
        The model, which must fire.

    Returns
    -------
    Simulation
        With a knob for the current and one for each parameter that may differ from cell to cell.
    """
    unit = "mV" if model.input_unit == "volt" else "nA"
    least = _rheobase(model, unit)
    current = _current(least, unit)
    top = current.high
    record = [bnsim.Spikes("cell"), bnsim.Spikes("curve"), bnsim.Trace("cell", model.membrane, every=0.1 * ms)]
    views: list[View] = [
        Potentials("cell", (0,), model.membrane),
        Raster(("cell", "curve")),
        FICurve("curve", top, unit),
    ]
    other = _other(model)
    if other is not None:
        record.append(bnsim.Trace("cell", other, every=0.1 * ms))
        views.append(PhasePlane("cell", model.membrane, other))
    return Simulation(
        model.__name__,
        model.__name__,
        "One cell",
        f"{_summary(model)} One cell receives the current of the slider. The others receive from 0 to {top:g} {unit}, "
        "the higher they stand the more, and give the f-I curve.",
        (current, *_knobs(model)),
        network=partial(network, model=model, top=top, unit=unit),
        dt=0.1 if model is not neurons.HodgkinHuxley else 0.05,
        seconds=0.5,
        record=tuple(record),
        views=tuple(views),
    )


def _rheobase(model: type[NeuronModel], unit: str) -> float:
    """The current that just reaches the threshold; what suits where the model does not tell."""
    with suppress(InputError):
        return float(np.asarray(model().rheobase)) / float(UNITS[unit])
    return {"mV": 10.0, "nA": 0.7}[unit]


def _current(least: float, unit: str) -> Knob:
    """A slider to three times the least current, in steps of a hundredth of it or less."""
    step = _tidy(10.0 ** math.floor(math.log10(least / 10)))
    start, top = (_tidy(round(times * least / step) * step) for times in (1.5, 3))
    return Knob("current", "Current", 0, top, start, step, unit)


def _knobs(model: type[NeuronModel]) -> Iterator[Knob]:
    for name, field in declared_parameters(model).items():
        default = getattr(model(), name)
        unit = unit_of(default)
        if unit is None or name not in model.__dataclass_fields__ or name in model.same_for_all:
            continue
        start = _tidy(float(np.asarray(default)) / float(UNITS[unit]))
        below, above = _reach(start, unit)
        step = _tidy(10.0 ** math.floor(math.log10((below + above) / 50)))
        least = field.metadata["above"] if field.metadata["minimum"] is None else field.metadata["minimum"]
        down, up = math.ceil(below / step - 1e-6), math.ceil(above / step - 1e-6)
        if least is not None:
            down = min(down, math.ceil((start - least / float(UNITS[unit])) / step - 1e-6) - 1)
        yield Knob(
            name, explained(model, name), _tidy(start - down * step), _tidy(start + up * step), start, step, unit
        )


def _reach(start: float, unit: str) -> tuple[float, float]:
    """How far a slider reaches below and above the default."""
    if unit == "mV" and (abs(start) >= _WIDE or not start):
        return _WIDE, _WIDE
    return (abs(start), 3 * abs(start)) if start else (1.0, 1.0)


def _other(model: type[NeuronModel]) -> str | None:
    """The second variable of a model that has two."""
    variables = list(rates_of_change(read_equations(model.__name__, model.equations)))
    others = [name for name in variables if name != model.membrane]
    return others[0] if len(variables) == 2 else None


def _summary(model: type[NeuronModel]) -> str:
    return (model.__doc__ or "").strip().partition("\n")[0]


def _tidy(number: float) -> float:
    return float(f"{number:.9g}")


EXPERIMENTS = tuple(
    experiment(each)
    for each in vars(neurons).values()
    if isinstance(each, type) and issubclass(each, NeuronModel) and not each._abstract and each.threshold
)
