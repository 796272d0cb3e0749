"""The pulse-packets study: packets measured by hand, strong ones live and weak ones die, its figure."""

from __future__ import annotations

import numpy as np
import pytest

from bnsim.errors import InputError
from experiments.run_directory import Run
from experiments.spec import Untrained
from experiments.studies.pulse_packets import STUDY, figure, measure
from experiments.studies.pulse_packets.measure import Packets, background_rate, half_way
from tests.experiments.digits import ignore, tiny, values
from tests.experiments.runs import measured, without

CHAIN = Untrained("synfire-chain", "BNS", seed=0)


def test_a_packet_is_what_lies_near_its_median() -> None:
    train = (np.array([10.0, 49.0, 50.0, 51.0, 52.0, 53.0, 54.9, 70.0]) / 1e3, np.arange(8))
    nothing = (np.array([0.010]), np.array([0]))
    # Expected at 50 ms, searched from 45 to 60 ms: the median is 51.5; quartiles of what lies near it are 50.25, 52.75.
    packets = Packets.of([train, nothing], np.array([50.0, 50.0]), background=2.0)
    np.testing.assert_allclose(packets.centre, [51.5, 50.0])
    np.testing.assert_allclose(packets.spread, [2.5 / 1.349, 0.0])
    np.testing.assert_allclose(packets.spikes, [6 - 2, 0 - 2])  # 100 neurons at 2 Hz give 2 spikes in 10 ms


def test_spread_is_the_standard_deviation_of_a_normal_packet_whatever_the_background() -> None:
    generator = np.random.default_rng(0)
    own = 50 + generator.standard_normal((200, 100))
    noise = generator.uniform(30, 70, (200, 8))  # 2 Hz
    trains = [(times / 1e3, np.arange(108)) for times in np.concatenate([own, noise], axis=1)]
    packets = Packets.of(trains, np.full(200, 50.0), background=2.0)
    # 200 x 100 spikes: standard errors of about 0.5 % and 0.1; the background widens the quartiles by some 3 %.
    assert packets.spread.mean() == pytest.approx(1.0, abs=0.05)
    assert packets.spikes.mean() == pytest.approx(100, abs=0.5)


def test_spikes_on_the_limits_of_a_packet_belong_to_it_however_they_were_rounded() -> None:
    """Spikes 5 ms before, at, and 5 ms after the median, wherever on the grid of 0.1 ms that is."""
    for middle in range(400, 700):
        train = (np.array([middle - 50, middle, middle, middle, middle + 50]) * 1e-4, np.arange(5))
        packets = Packets.of([train], np.array([1e3 * (middle * 1e-4)]), background=0.0)
        assert packets.spikes.tolist() == [5]


def test_half_way_by_hand() -> None:
    spikes = np.array([80.0, 40.0, 60.0])
    assert half_way(spikes, np.array([1.0, 0.0, 0.25])) == pytest.approx(60 + 20 / 3)
    assert half_way(spikes, np.array([0.4, 0.0, 0.2])) is None
    assert half_way(spikes, np.array([1.0, 0.6, 1.0])) is None


def test_the_background_is_counted_before_the_packet() -> None:
    early = (np.array([0.029, 0.030, 0.044, 0.046]), np.array([0, 1, 2, 3]))
    assert background_rate([early, early]) == pytest.approx(4 / (2 * 100 * 0.015))


def test_a_strong_packet_sharpens_and_lives_and_a_weak_one_dies(full_run: Run) -> None:
    outcome = measured(full_run, "pulse-packets", "synfire-chain")
    assert values(outcome, "survival", spikes=90, spread=0.5) == [1.0]
    assert values(outcome, "survival", spikes=20, spread=0.5) == [0.0]
    assert values(outcome, "separatrix", spread=0.5) == [55.0]  # half-way between the two
    strong = values(outcome, "spikes", spikes=90, spread=0.5, fate="lives")
    weak = values(outcome, "spikes", spikes=20, spread=0.5, fate="dies")
    assert (len(strong), strong[0], weak[0]) == (5, 90, 20)
    assert strong[-1] == values(outcome, "attractor_spikes")[0] > 90
    assert weak[-1] < 20
    spreads = values(outcome, "spread", spikes=90, spread=0.5, fate="lives")
    assert spreads[0] == 0.5 > spreads[-1] == values(outcome, "attractor_spread")[0]


def test_a_packet_has_at_most_a_spike_of_each_neuron() -> None:
    with pytest.raises(InputError, match=r"^pulse-packets.spikes: 101 of 100 neurons; give at most 100$"):
        measure.run(tiny(STUDY, spikes=(101,)), CHAIN, ignore)


def test_a_run_draws_itself(full_run: Run) -> None:
    (drawn,) = figure.draw(full_run).values()
    _, survival = drawn.axes
    labels = {text.get_text() for text in drawn.legends[0].get_texts()}
    assert labels == {"lives", "dies", "half live", "attractor"}
    (curve,) = [line for line in survival.get_lines() if len(line.get_xdata()) == 2 and line.get_marker() == "o"]
    assert list(curve.get_ydata()) == [0, 100]
    settled, half = figure.sentences(full_run)
    assert "spikes of 100 neurons with a spread of 0." in settled
    assert half == "Number of spikes at which half of the packets live: 55 at a spread of 0.5\N{NO-BREAK SPACE}ms."
    assert "Packets of spikes along a synfire chain" in (full_run.directory / "report.html").read_text(encoding="utf-8")


def test_where_all_packets_die_sentences_and_figure_say_so(full_run: Run) -> None:
    dead = without(full_run, STUDY["attractor_spikes"], STUDY["attractor_spread"], STUDY["separatrix"])
    assert figure.sentences(dead) == [
        "No packet lived.",
        "At no spread did the share of packets that live cross one half.",
    ]
    (drawn,) = figure.draw(dead).values()
    assert {text.get_text() for text in drawn.legends[0].get_texts()} == {"lives", "dies"}
