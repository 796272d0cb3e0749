"""The synfire chain against the same chain in plain Brian2, with the background as white noise."""

from __future__ import annotations

import brian2
import numpy as np
import pytest
from brian2.units import ms, mV

from experiments.studies.pulse_packets.measure import NEAR, Packets, background_rate
from experiments.studies.pulse_packets.synfire_chain import GROUP, WARM_UP, SynfireChain, pulse

GROUPS, TRIALS = 5, 6
DURATION = WARM_UP + 4 * NEAR
Trains = list[tuple[np.ndarray, np.ndarray]]


def by_hand(trains: Trains) -> list[Trains]:
    """Spikes of each group in each trial. All trials are one network, side by side, neurons numbered by group first."""
    brian2.seed(0)
    side = TRIALS * GROUP
    cells = brian2.NeuronGroup(
        GROUPS * side,
        """dv/dt = (-70*mV - v + x) / (10*ms) : volt (unless refractory)
           dx/dt = (-x + y) / (0.325*ms) : volt
           dy/dt = -y / (0.325*ms) + 25.27*mV/ms + 39.24*mV/ms**0.5 * xi : volt""",
        threshold="v > -55*mV",
        reset="v = -70*mV",
        refractory=1 * ms,
        method="euler",
        dt=0.1 * ms,
    )
    cells.v = -70 * mV
    units = np.concatenate([trial * GROUP + unit for trial, (_, unit) in enumerate(trains)])
    times = np.concatenate([time for time, _ in trains])
    packet = brian2.SpikeGeneratorGroup(side, units, times * brian2.second, dt=0.1 * ms)
    first = brian2.Synapses(packet, cells[:side], on_pre="y += 4.86*mV")
    first.connect("i // GROUP == j // GROUP", namespace={"GROUP": GROUP})
    between = brian2.Synapses(cells, cells, on_pre="y += 4.86*mV")
    source, target = np.meshgrid(np.arange((GROUPS - 1) * side), np.arange(GROUP), indexing="ij")
    between.connect(i=source.ravel(), j=((source // GROUP + TRIALS) * GROUP + target).ravel())
    monitor = brian2.SpikeMonitor(cells)
    brian2.Network(cells, packet, first, between, monitor).run(DURATION * ms)
    spike_times, block = np.asarray(monitor.t), np.asarray(monitor.i) // GROUP
    place = [[block == group * TRIALS + trial for trial in range(TRIALS)] for group in range(GROUPS)]
    return [[(spike_times[own], np.asarray(monitor.i)[own] % GROUP) for own in row] for row in place]


def packets(groups: list[Trains]) -> list[Packets]:
    """Of every group, each packet looked for near the one before it."""
    found, centre = [], np.full(TRIALS, WARM_UP)
    for trains in groups:
        found.append(Packets.of(trains, centre, background_rate(trains)))
        centre = found[-1].centre
    return found


@pytest.mark.usefixtures("numpy_target")
def test_a_packet_settles_as_in_plain_brian2() -> None:
    """The paper's packet of 85 spikes with a spread of 1 ms. A group's spikes fall into few steps of 0.1 ms, which
    limits what a spread, and the time from group to group, can differ by."""
    generator = np.random.default_rng(0)
    trains = [pulse(85, 1.0, generator) for _ in range(TRIALS)]
    ours, theirs = packets(list(SynfireChain(DURATION).send(trains, GROUPS, seed=0))), packets(by_hand(trains))
    for own, other in zip(ours, theirs, strict=True):
        assert own.spikes.mean() == pytest.approx(other.spikes.mean(), abs=5)
        assert own.spread.mean() == pytest.approx(other.spread.mean(), abs=0.1)
    pace = [(chain[-1].centre - chain[0].centre).mean() / (GROUPS - 1) for chain in (ours, theirs)]
    assert pace[0] == pytest.approx(pace[1], abs=0.1)
    for chain in (ours, theirs):
        assert chain[0].spread.mean() > 0.4
        assert 0.1 < chain[-1].spread.mean() < 0.35
        assert chain[-1].spikes.mean() > 95
