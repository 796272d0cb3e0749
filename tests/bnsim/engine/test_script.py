"""A description as a script for Brian2, run where bnsim cannot be imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brian2.units import Hz, ms, mV, nA, nS, um

import bnsim

from .networks import learning, three_factor

DT, KEY, LENGTH = 0.1 * ms, 3, 40 * ms

RUNNER = """
import runpy, sys
sys.modules["bnsim"] = None
import brian2, numpy as np
brian2.prefs.codegen.target = "numpy"
names = runpy.run_path(sys.argv[1])
found = {}
for name, item in names.items():
    if name.startswith("spikes_"):
        found[f"{name}.unit"], found[f"{name}.time"] = np.array(item.i), np.array(item.t_)
    elif isinstance(item, brian2.Synapses):
        found[f"{name}.w"] = np.array(item.w)
np.savez(sys.argv[2], **found)
"""


def spikes(n: int, rate: float) -> tuple[Any, Any]:
    """Given spikes of n units, at most one a step."""
    place = np.unique(np.random.default_rng(1).integers(0, 400 * n, round(rate * 0.04 * n)))
    return place // n * 1e-4, place % n


def plastic() -> tuple[list[bnsim.Population], list[bnsim.Projection]]:
    """Traces at source, target and synapse; short-term plasticity, delays, positions, values at the start."""
    cell = bnsim.LIF(tau_m=20 * ms, refractory=2 * ms)
    adaptive = bnsim.AdaptiveLIF(tau_m=10 * ms, theta_increment=0.5 * mV, tau_theta=50 * ms)
    ring, start = bnsim.Ring(100 * um), {"v": bnsim.Uniform(-65 * mV, -55 * mV)}
    populations = [
        bnsim.Population("input", 30, bnsim.SpikeTrains()),
        bnsim.Population("cells", 12, cell, initial=start, positions=ring),
        bnsim.Population("I", 5, adaptive, initial={"theta": 1 * mV}),
    ]
    stdp, weights, delays = bnsim.PairSTDP(w_max=9 * mV), bnsim.Uniform(3 * mV, 9 * mV), bnsim.Uniform(1 * ms, 3 * ms)
    others, some = bnsim.AllToAll(autapses=False), bnsim.FixedProbability(0.5)
    short = bnsim.ShortTermPlasticity(tau_facil=50 * ms)
    return populations, [
        bnsim.Projection("input", "cells", bnsim.ExponentialCurrent(), weights, plasticity=stdp),
        bnsim.Projection("cells", "I", bnsim.Delta(), 9 * mV, some, delay=1.5 * ms, short_term=short),
        bnsim.Projection("I", "cells", bnsim.Delta(), -1 * mV, delay=delays),
        bnsim.Projection("cells", "cells", bnsim.Delta(), 1 * mV, others, 0.5 * ms, stdp),
    ]


def integrated_by_bnsim() -> tuple[list[bnsim.Population], list[bnsim.Projection]]:
    """Conductances, parameters and drives for each cell, values in time bins; a current that depends on a potential
    that stands still."""
    bins = bnsim.Binned(np.array([[2, 3, 4], [6, 4, 2]]) * nA, 15 * ms)
    drives = [bnsim.Current(bins), bnsim.Current(bnsim.Uniform(0 * nA, 0.1 * nA))]
    current = bnsim.Current("(14 + 2*i)*mV*int(t > 5*ms)")
    populations = [
        bnsim.Population("leaky", 3, bnsim.ConductanceLIF(refractory=2 * ms), drive=drives),
        bnsim.Population("adapting", 4, bnsim.AdaptiveCurrentLIF(refractory=3 * ms), drive=current),
    ]
    inhibition = bnsim.ExponentialConductance(tau=10 * ms, reversal=-80 * mV)
    rising = bnsim.DoubleExponentialCurrent(tau_rise=2 * ms, tau_decay=4 * ms)
    return populations, [
        bnsim.Projection("input", "leaky", inhibition, 6 * nS, bnsim.FixedInDegree(10)),
        bnsim.Projection("input", "adapting", rising, 1 * mV),
    ]


def electrical() -> tuple[list[bnsim.Population], list[bnsim.Projection]]:
    """Gap junctions between cells with a current that changes."""
    cells = bnsim.Population("coupled", 4, bnsim.LIF(tau_m=10 * ms), encoder=bnsim.ConstantCurrent(10 * mV))
    pairs = bnsim.EdgeList([0, 1, 2], [1, 2, 3])
    return [cells], [bnsim.Projection("coupled", "coupled", bnsim.GapJunction(), 0.3, pairs)]


def noisy() -> tuple[list[bnsim.Population], list[bnsim.Projection]]:
    """All that draws random numbers."""
    drives = [
        bnsim.PoissonDrive(2000 * Hz, 0.5 * mV),
        bnsim.WhiteNoise(mean=8 * mV, sigma=5 * mV, tau=10 * ms),
        bnsim.OrnsteinUhlenbeck(mean=2 * mV, sigma=2 * mV, tau=5 * ms),
    ]
    cells = bnsim.Population("noisy", 200, bnsim.LIF(tau_m=10 * ms), drive=drives)
    return [cells, bnsim.Population("coins", 200, bnsim.Poisson(500 * Hz))], []


def network_of(*parts: tuple[list[bnsim.Population], list[bnsim.Projection]]) -> bnsim.Network:
    return bnsim.Network([p for part in parts for p in part[0]], [p for part in parts for p in part[1]])


@pytest.mark.slow
def test_the_same_spikes_and_weights_where_bnsim_cannot_be_imported(tmp_path: Path) -> None:
    network = network_of(plastic(), integrated_by_bnsim(), electrical(), noisy())
    stimulus = {
        "input": spikes(30, 150.0),
        "coupled": np.array([[0, 2, 3, 4], [4, 3, 3, 0]]),
        "coins": np.full(200, 0.8),
    }
    script = network.to_brian2_script(LENGTH, stimulus, dt=DT, key=KEY)
    script.save(tmp_path / "network.py")
    methods = ["exact", "exact", "one_step_of_leaky", "one_step_of_adapting", "exact", "exact"]
    assert [line.split("=")[1].strip('",') for line in script.text.splitlines() if "method=" in line] == methods
    command = [sys.executable, "-c", RUNNER, str(tmp_path / "network.py"), str(tmp_path / "found.npz")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert "population_cells: " in done.stdout
    simulator = network.compile(dt=DT, backend="numpy")
    record = [bnsim.Spikes(population.name) for population in network.populations]
    state, recording = simulator.run_for(simulator.initial_state(KEY), LENGTH, stimulus, record=record)
    theirs = np.load(tmp_path / "found.npz")
    for population in network.populations:
        own = recording.spike_times(population.name)
        if population.name in ("noisy", "coins"):  # of these, the mean number of spikes, within 5 standard errors
            found = np.bincount(theirs[f"spikes_{population.name}.unit"], minlength=200)
            expected = np.bincount(own.unit, minlength=200)
            assert abs(found.mean() - expected.mean()) < 5 * np.sqrt((found.var() + expected.var()) / 200)
            continue
        assert len(own) > 2
        np.testing.assert_array_equal(theirs[f"spikes_{population.name}.unit"], own.unit)
        np.testing.assert_allclose(theirs[f"spikes_{population.name}.time"], own.time, atol=1e-9)  # rounding
    for projection in network.projections:
        np.testing.assert_allclose(theirs[f"{projection.name}.w"], state[f"{projection.name}.w"], rtol=1e-12)
    assert (state["input_to_cells.w"] != simulator.initial_state(KEY)["input_to_cells.w"]).any()


def test_a_reader_of_brian2_finds_what_it_would_write() -> None:
    """A small network is in the script as a whole, in units that read well, without anything of the engine's."""
    cell = bnsim.LIF(refractory=2 * ms)
    populations = [bnsim.Population("input", 3, bnsim.SpikeTrains()), bnsim.Population("cells", 2, cell)]
    synapses = bnsim.Projection("input", "cells", bnsim.ExponentialCurrent(), [[1, 2], [0.1, 0.3], [5, 6]] * mV)
    network = bnsim.Network(populations, [synapses])
    script = network.to_brian2_script(50 * ms, {"input": ([1, 2.5] * ms, [0, 2])}, dt=DT)
    assert not script.arrays
    compile(script.text, "network.py", "exec")
    assert "bnsim" not in script.text.split('"""')[2]
    for line in (
        'method="exact",',
        "refractory=2*ms,",
        '"tau_m": 20*ms,',
        "indices=[0, 2],",
        "times=[1, 2.5]*ms,",
        'on_pre="input_to_cells_s_post += w",',
        "input_to_cells.connect()",
        "input_to_cells.w = [1, 2, 0.1, 0.3, 5, 6]*mV",
        "run(50*ms)",
    ):
        assert line in script.text, line
    assert "    dv/dt = (v_rest - v + I) / tau_m : volt (unless refractory)\n" in script.text


def test_connections_that_have_a_rule_in_brian2_and_those_that_have_none() -> None:
    cells = bnsim.Population("cells", 3, bnsim.LIF(), drive=bnsim.PoissonDrive())
    rules = {
        "": bnsim.AllToAll(),
        '"i != j"': bnsim.AllToAll(autapses=False),
        'j="i"': bnsim.OneToOne(),
        "i=[0, 2], j=[1, 1]": bnsim.EdgeList([2, 0], [1, 1]),
        "False": bnsim.EdgeList(np.zeros(0, int), np.zeros(0, int)),
    }
    projections = [
        bnsim.Projection("cells", "cells", bnsim.Delta(), 1 * mV, rule, name=f"p{number}")
        for number, rule in enumerate(rules.values())
    ]
    script = bnsim.Network([cells], projections).to_brian2_script(1 * ms, dt=DT)
    assert [line.split("connect")[1] for line in script.text.splitlines() if ".connect(" in line] == [
        f"({rule})" for rule in rules
    ]
    assert "v += drive0_weight * poisson(drive0_n * drive0_rate * dt)" in script.text
    assert "Random numbers are Brian2's own" in script.text.replace("\n", " ")


def test_a_rate_of_a_poisson_encoder_may_change_and_names_are_kept_apart() -> None:
    sources = [bnsim.Population(name, 2, bnsim.Poisson(100 * Hz)) for name in ("input", "ms")]
    stimulus = {"input": np.array([[0.5, 1.0], [0.0, 0.25]]), "ms": np.array([1.0, 1.0])}
    text = bnsim.Network(sources).to_brian2_script(2 * ms, stimulus, dt=DT).text
    compile(text, "network.py", "exec")
    assert "rates_of_input = TimedArray([[50, 100], [0, 25], [0, 0]]*Hz, dt=1*ms)" in text
    assert 'rates="rates_of_input(t, i)"' in text
    assert "ms_ = PoissonGroup(\n    2,\n    rates=100*Hz," in text


def test_what_a_script_cannot_say() -> None:
    twice = type("Twice", (bnsim.WhiteNoise,), {"at_start": "x = sigma * (uniform + uniform)"})()
    noisy = bnsim.Network([bnsim.Population("cells", 1, bnsim.LIF(), drive=twice)])
    with pytest.raises(bnsim.InputError) as raised:
        noisy.to_brian2_script(1 * ms)
    assert str(raised.value) == (
        "to_brian2_script: Population('cells') uses a random number in a way that Brian2 has no function for; use it "
        "once, by itself or as bnsim_normal_quantile(uniform) or bnsim_poisson_quantile(mean, uniform)"
    )
    for make, message in (
        (lambda: three_factor().to_brian2_script(1 * ms), "to_brian2_script: a rule of 'cells' learns at the end of a"),
        (lambda: learning().to_brian2_script(1 * ms), "to_brian2_script(stimulus): nothing for 'input'; give a stim"),
        (
            lambda: noisy.to_brian2_script(100),
            "to_brian2_script(duration): 100 has no unit; give 100 * ms or 100 * sec",
        ),
        (lambda: noisy.to_brian2_script(0.15 * ms), "to_brian2_script(duration): "),
        (lambda: noisy.to_brian2_script(1 * ms, key=-1), "to_brian2_script(key): -1 is no key; give a whole number"),
    ):
        with pytest.raises(bnsim.InputError) as raised:
            make()
        assert str(raised.value).startswith(message)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    script = bnsim.Network([bnsim.Population("cells", 1, bnsim.LIF())]).to_brian2_script(1 * ms, dt=DT)
    with pytest.raises(bnsim.MachineError, match=r"^Brian2Script.save: cannot write .*network.py \(No such file"):
        script.save(tmp_path / "none" / "network.py")
