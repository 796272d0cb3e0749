"""Detection of a repeating pattern: the input, the neuron, what its spikes say, a small run and its figure."""

from __future__ import annotations

import numpy as np
import pytest
from brian2.units import ms, mV
from pydantic import ValidationError

import bnsim
from experiments.classics.pattern_detection import BINS, Config, figure, measure
from experiments.classics.pattern_detection.afferents import AFFERENTS, INVOLVED, WINDOW, Spikes, drawn, presented
from experiments.classics.pattern_detection.measure import Heard
from experiments.classics.pattern_detection.neuron import PostsynapticPotential, SpikeResponseNeuron
from experiments.run_directory import Run
from tests.experiments.classics.runs import passed, run_tiny

SECONDS = 2


@pytest.fixture(scope="module")
def spikes() -> Spikes:
    return drawn(SECONDS, 1.0, seed=3)


def test_presentations_are_a_quarter_of_the_windows_and_never_adjacent() -> None:
    for seed in range(5):
        shown = presented(400, np.random.default_rng(seed))
        assert shown.sum() == 100
        assert not (shown[1:] & shown[:-1]).any()


def test_afferents_fire_at_64_hz_within_presentations_and_outside(spikes: Spikes) -> None:
    assert len(spikes.presentations) == SECONDS * 1000 / WINDOW / 4
    place = np.searchsorted(spikes.presentations, spikes.times, side="right") - 1
    since = spikes.times - np.concatenate([[-np.inf], spikes.presentations])[place + 1]
    within, involved = since < WINDOW, spikes.units < INVOLVED
    for chosen, seconds in ((within, SECONDS / 4), (~within, 3 * SECONDS / 4)):
        for whose in (involved, ~involved):
            # 32,000 spikes and more; one pattern of 1000 afferents has 3200, for a standard deviation of 2 %.
            assert (chosen & whose).sum() / seconds / 1000 == pytest.approx(64, rel=0.06)
    assert spikes.times.min() >= 0
    assert spikes.times.max() < 1000 * SECONDS


def test_an_afferent_is_never_silent_for_long(spikes: Spikes) -> None:
    """Intervals of up to 50 ms, and the rest of a millisecond; where a presentation begins or ends, two may meet."""
    order = np.lexsort((spikes.times, spikes.units))
    gaps = np.diff(spikes.times[order])[np.diff(spikes.units[order]) == 0]
    assert gaps.max() < 2 * 51
    assert np.bincount(spikes.units, minlength=AFFERENTS).min() >= SECONDS * 1000 / 51 - 2


def test_presentations_repeat_the_pattern_with_jitter_and_the_others_do_not() -> None:
    exact, jittered = (drawn(SECONDS, jitter, seed=3) for jitter in (0.0, 1.0))

    def repeats(spikes: Spikes, group: slice, within: float) -> float:
        """Share of the spikes of the first presentation that the second one has too."""
        chosen = range(AFFERENTS)[group]
        first, second = (
            [
                spikes.times[(spikes.units == unit) & (spikes.times >= start) & (spikes.times < start + WINDOW)] - start
                for unit in chosen[:100]
            ]
            for start in spikes.presentations[:2]
        )
        found = [
            np.abs(b - time).min(initial=np.inf) < within for a, b in zip(first, second, strict=True) for time in a
        ]
        return float(np.mean(found))

    # 54 of 64 spikes belong to the pattern.
    assert repeats(exact, slice(0, INVOLVED), 1e-9) == pytest.approx(54 / 64, abs=0.08)
    assert repeats(exact, slice(INVOLVED, None), 1e-9) == 0
    # Two jitters of 1 ms differ by less than 5 ms, 3.5 standard deviations, unless they leave the window.
    assert repeats(jittered, slice(0, INVOLVED), 1e-9) == 0
    assert repeats(jittered, slice(0, INVOLVED), 5.0) > 0.8


def test_a_time_step_holds_one_spike_of_an_afferent() -> None:
    spikes = Spikes(np.array([0.75, 0.05, 0.3, 0.06, 0.06]), np.array([1, 2, 0, 2, 3]), np.zeros(0))
    steps, units = spikes.on_grid(0.1)
    assert steps.tolist() == [0, 0, 3, 7]  # 0.3 is a whole number of steps, though 0.3 / 0.1 is less than 3
    assert units.tolist() == [2, 3, 0, 1]


def test_potentials_follow_the_kernels_of_the_paper() -> None:
    """Inputs of 200 and 450 make it fire, an input of 300 after that does not; all in closed form."""
    population = bnsim.Population("neuron", 1, SpikeResponseNeuron())
    weights = np.array([[200.0], [450.0], [300.0]]) * mV
    simulator = bnsim.Network(
        [bnsim.Population("input", 3, bnsim.SpikeTrains()), population],
        [bnsim.Projection("input", "neuron", PostsynapticPotential(), weights)],
    ).compile(dt=0.1 * ms, backend="numpy")
    arrivals = [[2.0], [5.0], [30.0]]
    record = [bnsim.Spikes("neuron"), bnsim.Trace("neuron", "v")]
    stimulus = [np.array(times) / 1e3 for times in arrivals]
    _, recording = simulator.run_for(simulator.initial_state(key=0), 60 * ms, stimulus, record=record)
    (fired,) = 1e3 * recording.spike_times("neuron").time
    potential = 1e3 * recording.trace("neuron", "v").values[0, :, 0]
    times = 0.1 * np.arange(600)

    def kernel(since: np.ndarray) -> np.ndarray:
        return np.where(since >= 0, np.exp(-since / 10) - np.exp(-since / 2.5), 0.0)

    largest = kernel(np.array([10 * 2.5 / 7.5 * np.log(4)]))[0]
    # A spike acts from the end of its step on, when the potential of the next one is recorded.
    before = 200 * kernel(times - 2.1) / largest + 450 * kernel(times - 5.1) / largest
    crossing = np.flatnonzero(before > 500)[0]
    assert round(fired / 0.1) == crossing - 1
    np.testing.assert_allclose(potential[:crossing], before[:crossing], rtol=0, atol=1e-9)
    since = times[crossing:] - times[crossing]
    after = 500 * (2 * np.exp(-since / 10) - 4 * kernel(since)) + 300 * kernel(times[crossing:] - 30.1) / largest
    np.testing.assert_allclose(potential[crossing:], after, rtol=0, atol=1e-9)


def test_steps_that_do_not_make_a_millisecond_are_refused() -> None:
    for dt in (0.3, 2.0):
        with pytest.raises(ValidationError, match=f"1 ms is no whole number of steps of {dt:g} ms; give 1, 0.5"):
            Config(duration=450, jitter=1.0, steps=(dt,))


def test_what_given_spikes_say() -> None:
    """Nine seconds, of which the last three count; presentations at 1, 6.5, 7 and 8 s."""
    presentations = np.array([1000.0, 6500.0, 7000.0, 8000.0])
    alarm, late = [10.0, 1020.0, 1060.0], [6504.0, 7006.0, 8008.0]
    heard = Heard(np.array([*alarm, *late]), presentations, 9)
    assert heard.latencies.tolist() == [0, 20, 0, 4, 6, 8]
    assert (heard.hits, heard.false_alarms, heard.latency, heard.success) == (1.0, 0.0, pytest.approx(6.0), True)
    assert heard.found == 3
    missed = Heard(np.array([*alarm, *late[:2]]), presentations, 9)
    assert (missed.hits, missed.success, missed.found) == (pytest.approx(2 / 3), False, None)
    false = Heard(np.array([*alarm, *late, 8500.0]), presentations, 9)
    assert (false.false_alarms, false.success) == (pytest.approx(1 / 3), False)
    slow = Heard(np.array([6520.0, 7020.0, 8020.0]), presentations, 9)
    assert (slow.latency, slow.success) == (pytest.approx(20.0), False)
    silent = Heard(np.zeros(0), presentations, 9)
    assert (silent.hits, silent.false_alarms, silent.success) == (0.0, 0.0, False)
    assert np.isnan(silent.latency)
    assert Heard(np.array(late), presentations, 9).found == 0


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_tiny("pattern-detection", tmp_path_factory.mktemp("pattern-detection"))


def _mean(run: Run, metric: str, **facts: str) -> float:
    (found,) = [
        e["mean"] for e in run.summary["metrics"] if e["metric"] == metric and facts.items() <= e["facts"].items()
    ]
    return float(found)


@pytest.mark.slow
def test_a_minute_and_a_half_are_enough_to_find_the_pattern(run: Run) -> None:
    assert _mean(run, "success") == 1
    assert 5 < _mean(run, "found") < 40
    assert _mean(run, "latency") < 10
    assert _mean(run, "strong", afferents="others") == 0
    assert _mean(run, "strong", afferents="pattern") > 0.05
    for group in measure.GROUPS:
        shares = [
            e["mean"]
            for e in run.summary["metrics"]
            if e["metric"] == "distribution" and e["facts"] == {"afferents": group}
        ]
        assert len(shares) == BINS
        assert sum(shares) == pytest.approx(1)
        assert sum(shares[:2]) == pytest.approx(_mean(run, "weak", afferents=group))


@pytest.mark.slow
def test_a_small_run_is_held_against_nothing_and_drawn_and_told(run: Run) -> None:
    assert passed(run) == {}
    (drawn_figure,) = figure.draw(run).values()
    titles = [ax.get_title(loc="left") for ax in drawn_figure.axes]
    assert titles[:3] == ["At first", "When the pattern is found", "At the end"]
    first, found, last = drawn_figure.axes[:3]
    for ax, times in ((first, (0.0, 0.4999)), (last, (89.5, 89.9999))):
        assert ax.get_xlim() == pytest.approx(times)
    assert found.get_xlim()[0] < _mean(run, "found") < found.get_xlim()[1]
    detects, finds, weights = figure.sentences(run)
    assert detects.startswith("With a time step of 0.1\N{NO-BREAK SPACE}ms the neuron detects the pattern in 100")
    assert finds.startswith("Successful runs find the pattern after ")
    assert "have strong synapses at the end" in weights
