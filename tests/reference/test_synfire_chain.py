"""The synfire chain against the same chain in NEST."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from bnsim.recording import SpikeTimes
from experiments.classics.synfire.chain import (
    EXCITATORY,
    INHIBITORY,
    REFRACTORY,
    REST,
    TAU_M,
    TAU_SYN,
    THRESHOLD,
    WARM_UP,
    WEIGHT,
)
from experiments.classics.synfire.measure import Chain, background_rate
from experiments.classics.synfire.packets import NEAR, Packets, Train

nest = pytest.importorskip("nest")

SIZE, GROUPS, TRIALS, DT = 100, 5, 20, 0.1
CAPACITANCE = 250.0
"""In pF: a current of 1 pA through C_m then changes the potential as TAU_M / C_m mV of input here."""
DURATION = WARM_UP + 4 * NEAR


def in_nest(trains: list[Train]) -> SpikeTimes:
    """Spikes of the chain. All trials are one network, side by side, neurons numbered by group first."""
    nest.ResetKernel()
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.resolution, nest.rng_seed = DT, 1
    cell = {
        "C_m": CAPACITANCE,
        "tau_m": TAU_M,
        "E_L": REST,
        "V_m": REST,
        "V_reset": REST,
        "V_th": THRESHOLD,
        "t_ref": REFRACTORY,
        "tau_syn_ex": TAU_SYN,
        "tau_syn_in": TAU_SYN,
    }
    weight = WEIGHT * CAPACITANCE / TAU_M
    recorder = nest.Create("spike_recorder")
    groups = [[nest.Create("iaf_psc_alpha", SIZE, cell) for _ in range(GROUPS)] for _ in trains]
    drives = [nest.Create("poisson_generator", 1, {"rate": n * rate}) for n, rate in (EXCITATORY, INHIBITORY)]
    for own, (times, _) in zip(groups, trains, strict=True):
        at = np.sort(np.round(1e3 * times / DT) * DT)
        packet = nest.Create("spike_generator", 1, {"spike_times": at})
        nest.Connect(packet, own[0], syn_spec={"weight": weight, "delay": DT})
        for before, after in itertools.pairwise(own):
            nest.Connect(before, after, syn_spec={"weight": weight, "delay": DT})
        for group in own:
            for sign, drive in zip((1, -1), drives, strict=True):
                nest.Connect(drive, group, syn_spec={"weight": sign * weight, "delay": DT})
            nest.Connect(group, recorder)
    nest.Simulate(DURATION)
    events = recorder.get("events")
    number = np.asarray(events["senders"]) - groups[0][0][0].global_id
    times = np.asarray(events["times"]) / 1e3
    # Each trial's spike generators lie after all neurons, so neurons are numbered without gaps.
    trial, unit = number // (SIZE * GROUPS), number % (SIZE * GROUPS)
    order = np.lexsort((unit, times, trial))
    return SpikeTimes(trial[order], unit[order], times[order])


@pytest.mark.slow
def test_packets_settle_as_in_nest() -> None:
    """Packets of 85 spikes with a spread of 1 ms, and of 60 at once, which is not far from the separatrix."""
    chain = Chain(SIZE, GROUPS, DT, seed=0)
    for start in ((85, 1.0), (60, 0.0)):
        ours = chain.send(start, TRIALS)
        spikes = in_nest(ours.trains)
        rate = background_rate(spikes, TRIALS * GROUPS * SIZE)
        theirs = Packets.of(spikes, (TRIALS, GROUPS), SIZE, WARM_UP, rate)
        # 150 s of neurons at 2.5 Hz are 375 spikes in either: a standard error of the difference of 0.18 Hz.
        assert ours.rate == pytest.approx(rate, abs=0.6)
        # Between packets, spikes vary with up to 5.5: a standard error of the difference of 1.7.
        np.testing.assert_allclose(ours.packets.spikes.mean(axis=0), theirs.spikes.mean(axis=0), atol=5)
        # Spikes lie on a grid of 0.1 ms, and so do the quartiles of a packet.
        np.testing.assert_allclose(ours.packets.spread.mean(axis=0), theirs.spread.mean(axis=0), atol=0.05)
        # NEST has a delay of at least one step, which each group but the first adds to the time.
        later = theirs.centre.mean(axis=0) - ours.packets.centre.mean(axis=0)
        np.testing.assert_allclose(later - later[0], DT * np.arange(GROUPS), atol=DT)
