"""What a network is lowered to: variables and their parts, the order of bytes, and what takes part in its identity."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import FrozenInstanceError, dataclass, fields, replace
from typing import Any, get_args

import brian2
import numpy as np
import pytest
from brian2.units import Hz, ms, mV

import bnsim
from bnsim.description import canonical
from bnsim.engine.build import build
from bnsim.program import Draw, Program, layout, lower
from tests.bnsim.engine.networks import coins, driven, learning, three_factor

DT = 5e-4


@dataclass(frozen=True, repr=False)
class Bounded(bnsim.RewardModulatedSTDP):
    """Said to keep conductances from becoming negative; what it does to them is not looked at here."""

    @property
    def weight_bounds(self) -> tuple[float, float]:
        return 0.0, 1.0


def rewarded() -> bnsim.Network:
    """Repetitions, a reward, a conductance, a refractory period."""
    populations = [
        bnsim.Population("input", 3, bnsim.Poisson()),
        bnsim.Population("cells", 2, bnsim.DiehlCookExcitatory()),
    ]
    rule = Bounded(scale=brian2.Quantity(1.0))
    projection = bnsim.Projection(
        "input",
        "cells",
        bnsim.ExponentialConductance(),
        bnsim.Uniform(brian2.Quantity(0), brian2.Quantity(1.0)),
        delay=1 * ms,
        plasticity=rule,
    )
    return bnsim.Network(populations, [projection], bnsim.Repetition("cells"), bnsim.Reward("cells"))


NETWORKS = [learning, three_factor, coins, driven, rewarded]


@pytest.mark.parametrize("network", NETWORKS)
def test_variables_are_those_that_brian2_makes(network: Any) -> None:
    """Every stored variable of Brian2's is known to the program or belongs to the engine, with its type and unit."""
    program = lower(network(), DT)
    before = brian2.prefs.codegen.target
    brian2.prefs.codegen.target = "numpy"
    try:
        objects = build(program)
    finally:
        brian2.prefs.codegen.target = before
    for variable in program.variables:
        made = objects.owner(variable).variables[variable.symbol]
        assert np.dtype(made.dtype) == np.dtype(variable.dtype), variable
        unit = "" if made.dim.is_dimensionless else str(brian2.get_unit(made.dim))
        assert unit == variable.unit, variable
    known = {(variable.owner, variable.symbol) for variable in program.variables}
    known |= {(signal.owner, signal.symbol) for signal in program.signals}
    engine = {"spike_count", "drive", "plastic", "trial_key_high", "trial_key_low", "first_step", "w"}
    engine |= {name for population in program.populations for name in population.held_by_engine}
    engine |= {name for p in program.populations if p.integration is not None for name in p.integration.names}
    engine |= {item.observed for population in program.populations for item in population.computed}
    for owner, group in [*objects.groups.items(), *objects.synapses.items()]:
        equations = group.equations.diff_eq_names | group.equations.parameter_names
        assert {(owner, name) for name in equations - engine - {"last_spike_step"}} <= known, owner


def test_a_program_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        lower(coins(), DT).dt = 1.0  # type: ignore[misc]


def test_parts_of_variables() -> None:
    program = lower(learning(), DT)
    roles = {variable.name: variable.role for variable in program.variables}
    assert roles["cells.theta"] == "persistent"
    assert roles["input_to_cells.w"] == "weight"
    assert roles["cells.v"] == roles["cells.not_refractory"] == roles["input_to_cells.x"] == "transient"
    assert roles["cells.lastspike"] == roles["input_to_cells.lastupdate"] == "transient"
    assert "cells_to_inhibitory.w" not in roles  # fixed weights are data
    assert [variable.name for variable in program.persistent] == ["cells.theta", "input_to_cells.w"]
    assert program.persistent + program.transient == program.variables


def test_signals_are_no_variables() -> None:
    program = lower(three_factor(), DT)
    assert [(signal.name, signal.shared, signal.size) for signal in program.told] == [
        ("target", False, 2),
        ("learning_rate_factor", True, 1),
    ]
    assert "cells.readout_target" not in {variable.name for variable in program.variables}
    assert [signal.name for signal in lower(rewarded(), DT).rewarded] == ["reward"]


def test_two_lowerings_are_equal_and_data_takes_no_part() -> None:
    reference = lower(learning(), DT)
    assert canonical(lower(learning(), DT)) == canonical(reference)
    first, *others = learning().projections
    data = [{"weights": 1 * mV}, {"delay": bnsim.Uniform(1 * ms, 2 * ms)}, {"connectivity": bnsim.FixedProbability()}]
    for changes in data:
        other = replace(learning(), projections=[replace(first, **changes), *others])  # type: ignore[arg-type]
        assert canonical(lower(other, DT)) == canonical(reference), changes
    structure = [{"delay": 1 * ms}, {"synapse": bnsim.Delta()}, {"plasticity": None}]
    for changes in structure:
        other = replace(learning(), projections=[replace(first, **changes), *others])  # type: ignore[arg-type]
        assert canonical(lower(other, DT)) != canonical(reference), changes
    assert canonical(lower(learning(), 2 * DT)) != canonical(reference)


def test_every_field_of_a_program_takes_part_in_its_identity_but_for_data() -> None:
    """No field is forgotten: whatever is not compared is a function that draws data."""
    program = lower(rewarded(), DT)
    left_out = []
    for part in (program, *program.populations, *program.projections, *program.variables, *program.recordable):
        left_out += [item.name for item in fields(part) if not item.compare]
    left_out += [
        item.name for p in program.populations if p.stimulus for item in fields(p.stimulus) if not item.compare
    ]
    assert set(left_out) == {"data", "encode", "positions", "starts"}


@pytest.mark.parametrize(("plastic", "continuous"), [(False, False), (True, False), (False, True), (True, True)])
def test_the_bytes_hold_every_array_once(plastic: bool, continuous: bool) -> None:
    program = lower(learning(), DT)
    outcome = list(layout.outcome(program, plastic, continuous))
    for order in (list(layout.job(program)), outcome):
        assert max(Counter(order).values()) == 1
        assert {array.content for array in order} <= set(get_args(layout.Content))
    names = {array.name for array in layout.job(program)}
    for projection in program.projections:
        parts = ("source", "target", "w", "delay")
        assert {f"{projection.name}.{part}" for part in parts} <= names
    assert {variable.name for variable in program.variables} <= names
    in_flight = {f"{p.name}.in_flight_age" for p in program.projections if p.delay != "none"}
    assert in_flight <= names
    carried = {variable.name for variable in program.transient} | in_flight
    returned = {array.name for array in outcome if array.content not in ("samples", "counts")}
    assert carried & returned == (carried if continuous else set())
    learned = {variable.name for variable in program.persistent}
    assert learned & returned == (learned if plastic else set())


def test_what_can_be_recorded() -> None:
    program = lower(learning(), DT)
    found = {(item.owner, item.symbol): (item.unit, item.computed) for item in program.recordable}
    assert found["cells", "theta"] == found["cells", "v"] == ("V", False)
    assert found["cells", "I"] == ("V", True)
    assert found["cells_to_inhibitory", "w"] == ("V", False)  # fixed weights, too
    assert not {symbol for _, symbol in found} & {"spike_count", "plastic", "drive", "uniform", "fires"}


def test_a_program_reads_like_the_model() -> None:
    """Nothing of a description is left open: no placeholder, no bare name of a rule."""
    for network in NETWORKS:
        program: Program = lower(network(), DT)
        texts = [
            text for p in program.populations for text in (p.equations, p.threshold, p.reset, p.decays, p.arrivals)
        ]
        texts += [text for p in program.projections for text in (p.equations, p.on_pre, p.on_post)]
        assert not [text for text in texts if re.search(r"[{}]", text)]


def test_rates_of_a_program_do_not_depend_on_the_unit_that_was_used() -> None:
    one, other = (
        lower(bnsim.Network([bnsim.Population("coins", 5, bnsim.Poisson(rate))]), DT)
        for rate in (100 * Hz, 0.1 * 1000 * Hz)
    )
    assert canonical(one) == canonical(other)


RATES: dict[str, tuple[Any, bool]] = {
    "constant": (900 * Hz, True),
    "of each cell": (np.arange(3) * Hz, True),
    "drawn": (bnsim.Uniform(1 * Hz, 2 * Hz), True),
    "in bins": (bnsim.Binned(np.ones(4) * Hz, 5 * ms), True),
    "expression of the cell": ("10*Hz*i", True),
    "expression of the time": ("10*Hz*(1 + sin(2*pi*5*Hz*t))", False),
}


@pytest.mark.parametrize("name", RATES)
def test_a_program_says_what_is_drawn(name: str) -> None:
    """Means need not be computed in every step where no time is in them but that of bins."""
    rate, steady = RATES[name]
    drives = [bnsim.WhiteNoise(1 * mV), bnsim.PoissonDrive(rate, n=2)]
    cells = bnsim.Population("cells", 3, bnsim.LIF(), drive=drives)
    program = lower(bnsim.Network([cells, bnsim.Population("input", 2, bnsim.Poisson(9 * Hz))]), DT)
    noise, spikes = program.population("cells").draws
    assert noise == Draw("uniform", "cells:drive0", "drive0_uniform")
    mean = "drive1_n * drive1_rate * dt"
    assert spikes == Draw("poisson", "cells:drive1", "drive1_count", mean, steady=steady)
    (by_chance,) = program.population("input").draws
    assert by_chance == Draw("chance", "input:spikes", "fires", "drive", sparse=True)
    assert program.population("input").threshold == "fires"
