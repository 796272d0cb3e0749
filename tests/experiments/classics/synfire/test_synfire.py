"""The synfire chain: packets measured by hand, strong ones live and weak ones die, its figure."""

from __future__ import annotations

import numpy as np
import pytest

from bnsim.arrays import FloatArray
from bnsim.errors import InputError
from bnsim.recording import SpikeTimes
from experiments.classics.synfire import CLASSIC, figure, measure
from experiments.classics.synfire.measure import background_rate
from experiments.classics.synfire.packets import Packets, half_way
from experiments.run_directory import Run
from experiments.spec import Untrained
from tests.experiments.classics.runs import run_tiny
from tests.experiments.digits import ignore, tiny
from tests.experiments.runs import without

pytestmark = pytest.mark.slow


def _spikes(trials: list[FloatArray]) -> SpikeTimes:
    """The spikes of the first group, each of a neuron of its own, at times in ms."""
    trial = np.repeat(np.arange(len(trials)), [len(times) for times in trials])
    unit = np.concatenate([np.arange(len(times)) for times in trials])
    return SpikeTimes(trial, unit, np.concatenate(trials) / 1e3)


def _one_group(trials: list[FloatArray], background: float, start: float = 50.0) -> Packets:
    return Packets.of(_spikes(trials), (len(trials), 1), 200, start, background / 2)


def test_a_packet_is_what_lies_near_its_median() -> None:
    train = np.array([10.0, 49.0, 50.0, 51.0, 52.0, 53.0, 54.9, 70.0])
    # Expected at 50 ms, searched from 45 to 60 ms: the median is 51.5; quartiles of what lies near it are 50.25, 52.75.
    packets = _one_group([train, np.array([10.0])], background=2.0)
    np.testing.assert_allclose(packets.centre, [[51.5], [50.0]])
    np.testing.assert_allclose(packets.spread, [[2.5 / 1.349], [0.0]])
    np.testing.assert_allclose(packets.spikes, [[6 - 2], [0 - 2]])  # 200 neurons at 1 Hz give 2 spikes in 10 ms


def test_a_packet_is_looked_for_near_its_time_in_the_group_before() -> None:
    """The second group has a spike near the time of entry, and its packet 8 ms later."""
    spikes = SpikeTimes(np.zeros(5, int), np.array([2, 0, 1, 3, 2]), np.array([48.0, 57.0, 57.0, 63.0, 63.0]) / 1e3)
    packets = Packets.of(spikes, (1, 2), 2, 50.0, 0.0)
    np.testing.assert_allclose(packets.centre, [[57.0, 63.0]])
    np.testing.assert_allclose(packets.spikes, [[2, 2]])


def test_spread_is_the_standard_deviation_of_a_normal_packet_whatever_the_background() -> None:
    generator = np.random.default_rng(0)
    own = 50 + generator.standard_normal((200, 100))
    noise = generator.uniform(30, 70, (200, 8))  # 2 Hz of 100 neurons
    packets = _one_group(list(np.concatenate([own, noise], axis=1)), background=2.0)
    # 200 x 100 spikes: standard errors of about 0.5 % and 0.1; the background widens the quartiles by some 3 %.
    assert packets.spread.mean() == pytest.approx(1.0, abs=0.05)
    assert packets.spikes.mean() == pytest.approx(100, abs=0.5)


def test_spikes_on_the_limits_of_a_packet_belong_to_it_however_they_were_rounded() -> None:
    """Spikes 5 ms before, at, and 5 ms after the median, wherever on the grid of 0.1 ms that is."""
    for middle in range(400, 700):
        train = np.array([middle - 50, middle, middle, middle, middle + 50]) * 1e-4 * 1e3
        assert _one_group([train], 0.0, 1e3 * (middle * 1e-4)).spikes.tolist() == [[5]]


def test_half_way_by_hand() -> None:
    spikes = np.array([80.0, 40.0, 60.0])
    assert half_way(spikes, np.array([1.0, 0.0, 0.25])) == pytest.approx(60 + 20 / 3)
    assert half_way(spikes, np.array([0.4, 0.0, 0.2])) is None
    assert half_way(spikes, np.array([1.0, 0.6, 1.0])) is None


def test_the_background_is_counted_before_the_packet() -> None:
    early = np.array([29.0, 30.0, 44.0, 46.0])
    assert background_rate(_spikes([early, early]), 2 * 100) == pytest.approx(4 / (2 * 100 * 0.015))


def test_a_packet_has_at_most_a_spike_of_each_neuron() -> None:
    with pytest.raises(InputError, match=r"^synfire.spikes: 101 of 100 neurons; give at most 100$"):
        measure.run(tiny(CLASSIC, spikes=(101,)), Untrained("synfire-chain", "BNS", seed=0), ignore)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_tiny("synfire", tmp_path_factory.mktemp("synfire"))


def _values(run: Run, metric: str, **facts: object) -> list[float]:
    found = [entry for entry in run.summary["metrics"] if entry["metric"] == metric]
    found = [entry for entry in found if facts.items() <= entry["facts"].items()]
    return [entry["mean"] for entry in sorted(found, key=lambda entry: entry["step"] or 0)]


def test_a_strong_packet_sharpens_and_lives_and_a_weak_one_dies(run: Run) -> None:
    assert _values(run, "survival", spikes=90, spread=0.5) == [1.0]
    assert _values(run, "survival", spikes=20, spread=0.5) == [0.0]
    assert _values(run, "separatrix", spread=0.5) == [55.0]  # half-way between the two
    strong = _values(run, "spikes", spikes=90, spread=0.5, fate="lives")
    weak = _values(run, "spikes", spikes=20, spread=0.5, fate="dies")
    assert (len(strong), strong[0], weak[0]) == (5, 90, 20)
    assert strong[-1] > 90
    assert weak[-1] < 20
    spreads = _values(run, "spread", spikes=90, spread=0.5, fate="lives")
    assert spreads[0] == 0.5 > spreads[-1]
    assert _values(run, "strong_survival", size=100, dt=0.1) == [1.0]
    assert 90 < _values(run, "attractor_spikes", size=100, dt=0.1)[0] <= 100.5  # less a background of about 2.5


def test_a_run_draws_itself(run: Run) -> None:
    (drawn,) = figure.draw(run).values()
    labels = {text.get_text() for text in drawn.legends[0].get_texts()}
    assert labels == {"lives", "dies", "separatrix", "attractor"}
    _, alive, dead, *_ = drawn.axes
    assert alive.get_title(loc="left") == "a = 90, σ = 0.5 ms: lives"
    assert dead.get_title(loc="left") == "a = 20, σ = 0.5 ms: dies"
    entered = alive.collections[0].get_offsets()[:, 1]
    assert int(np.sum(np.asarray(entered) < 1)) == 90  # group 0
    settled, half = figure.sentences(run)
    assert "spikes with a spread of 0." in settled
    assert half == "Number of spikes at which half of the packets live: 55 at a spread of 0.5\N{NO-BREAK SPACE}ms."


def test_where_all_packets_die_sentences_and_figure_say_so(run: Run) -> None:
    dead = without(run, CLASSIC["attractor_spikes"], CLASSIC["attractor_spread"], CLASSIC["separatrix"])
    assert figure.sentences(dead) == [
        "No packet of the largest kind lived.",
        "At no spread did the share of packets that live cross one half.",
    ]
    (drawn,) = figure.draw(dead).values()
    assert {text.get_text() for text in drawn.legends[0].get_texts()} == {"lives", "dies"}
