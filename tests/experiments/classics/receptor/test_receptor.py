"""Models of a receptor: recordings, read-out, sampling, cells against the equations, and a small run on made spikes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from bnsim.arrays import FloatArray
from bnsim.errors import InputError
from experiments.classics.receptor import LIMIT, cells, figure, filters, read_out
from experiments.classics.receptor.recorded import Recorded, load
from experiments.run_directory import Run
from tests.experiments.classics.runs import run_tiny

DT, REFRACTORY = 0.5, 2.5
"""Those of the preset tiny, so that one network is compiled."""


def recorded(spikes: list[int], n_steps: int = 8000) -> Recorded:
    fired = np.zeros(n_steps, bool)
    fired[spikes] = True
    return Recorded(np.zeros((n_steps, 2)), fired, DT, np.zeros(n_steps))


def test_recordings_need_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nitime", None)
    message = r"^receptor: needs nitime \(.*\); pip install 'bnsim\[neurons\]'$"
    with pytest.raises(InputError, match=message):
        load(1, DT)


def nitime(folder: Path, amplitude: FloatArray, times: FloatArray) -> ModuleType:
    """The package with one recording of ours, in the form of its files: times in microseconds."""
    (folder / "data").mkdir(parents=True)
    moments = 50 * np.arange(len(amplitude))
    lines = [f"{moment}  {value:.6g}" for moment, value in zip(moments, amplitude, strict=True)]
    (folder / "data" / "grasshopper_stimulus1.txt").write_text("\n".join(lines))
    heads = ["# repro call number: 0", *(str(round(1e3 * time)) for time in times)]
    (folder / "data" / "grasshopper_spike_times1.txt").write_text("\n".join(heads))
    module = ModuleType("nitime")
    module.__file__ = str(folder / "__init__.py")
    return module


def test_recordings_are_read_as_nitime_holds_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    amplitude = np.tile([0.1, 1.0], 40_000)
    monkeypatch.setitem(sys.modules, "nitime", nitime(tmp_path / "nitime", amplitude, np.array([0.2, 700.0, 3999.9])))
    found = load(1, DT)
    assert found.channels.shape == (8000, 2)
    assert np.flatnonzero(found.spikes).tolist() == [0, 1400, 7999]
    np.testing.assert_allclose(found.channels, 0, atol=1e-12)  # each step holds as much of either
    assert [found.training[step] for step in (0, 1999, 2000, 3999, 4000)] == [True, True, False, False, True]
    np.testing.assert_allclose(load(1, 0.05 * 2).level[:2], 0, atol=1e-12)
    assert found.rate == pytest.approx(2 / 2000)
    (tmp_path / "nitime" / "data" / "grasshopper_stimulus1.txt").write_text("0 nothing")
    message = r"^receptor: cannot read the recordings of nitime in .* \(.*\); pip install --force-reinstall"
    with pytest.raises(InputError, match=message):
        load(1, DT)


def test_the_recordings_are_those_of_nitime() -> None:
    pytest.importorskip("nitime", reason="the extra neurons is not installed")
    for stimulus, spikes in ((1, 929), (2, 868)):
        found = load(stimulus, 0.2)
        assert found.channels.shape == (50_000, 2)
        assert found.spikes.sum() == spikes


def test_a_cell_rests_after_a_spike() -> None:
    free = recorded([10, 20]).free(REFRACTORY)
    assert np.flatnonzero(~free).tolist() == [11, 12, 13, 14, 21, 22, 23, 24]
    assert recorded([10, 15]).free(REFRACTORY)[15]


def test_a_refractory_period_that_does_not_fit_is_refused() -> None:
    with pytest.raises(
        InputError, match=r"^receptor\.refractory: 2\.4 ms is no whole number of steps of 0\.5 ms; give"
    ):
        recorded([10]).free(2.4)
    message = r"^receptor\.refractory: 2\.5 ms, but spikes were recorded 2 ms apart; give a shorter period$"
    with pytest.raises(InputError, match=message):
        recorded([10, 14]).free(REFRACTORY)


def test_bits_per_spike_of_known_intensities() -> None:
    """Spikes in every tenth step of the first half of each second, none in the other.

    The true intensity is twice the mean one in half of the time: one bit a spike. The mean rate itself has none.
    """
    early = np.arange(8000) % 2000 < 1000
    given = recorded(np.flatnonzero(early & (np.arange(8000) % 10 == 0)).tolist())
    everywhere = np.ones(8000, bool)
    true = np.where(early, np.log(2 * given.rate), -50.0)
    assert read_out.bits_per_spike(true, given, everywhere, given.held_out) == pytest.approx(1, abs=1e-12)
    mean = np.full(8000, np.log(given.rate))
    assert read_out.bits_per_spike(mean, given, everywhere, given.held_out) == pytest.approx(0, abs=1e-12)
    # The fit finds the two intensities, but for its penalty.
    fitted = read_out.fitted(early[:, np.newaxis].astype(float), given, everywhere)
    bits = read_out.bits_per_spike(fitted(early[:, np.newaxis].astype(float)), given, everywhere, given.held_out)
    assert bits == pytest.approx(1, abs=0.02)


def test_sampled_intervals_are_those_of_a_poisson_process_with_a_refractory_period() -> None:
    """The first step in which a train may fire is 5 steps after its spike; then each has the probability p."""
    p = 1 - np.exp(-DT * 0.2)
    constant = np.full(64, np.log(0.2))
    silent = np.zeros((40, 1))
    ones, zeros = np.ones(64), np.zeros(64)
    found = filters.sampled(lambda step, own: constant, silent, recorded([]), REFRACTORY, ones, zeros, 1)
    intervals = np.concatenate([np.diff(np.flatnonzero(train)) for train in found.T])
    assert intervals.min() == 5
    # Four standard errors; the standard deviation of a geometric number is sqrt(1 - p) / p.
    assert intervals.mean() == pytest.approx(4 + 1 / p, abs=4 * np.sqrt(1 - p) / p / np.sqrt(len(intervals)))
    # Own spikes that forbid others for 20 ms; a high intensity is limited.
    forbid = np.full((40, 1), -50.0)
    found = filters.sampled(lambda step, own: 9 + own[:, 0], forbid, recorded([]), REFRACTORY, ones, zeros, 1)
    intervals = np.concatenate([np.diff(np.flatnonzero(train)) for train in found.T])
    limited = 1 - np.exp(-DT * LIMIT)
    assert intervals.min() == 41
    assert intervals.mean() == pytest.approx(40 + 1 / limited, abs=0.05)


def test_filtered_spikes_are_those_before_each_step() -> None:
    kernel = filters.history_filters(DT)
    found = filters.filtered_spikes(recorded([100, 130]))
    np.testing.assert_allclose(found[:101], 0, atol=1e-12)
    np.testing.assert_allclose(found[101:131], kernel[:30], atol=1e-12)
    np.testing.assert_allclose(found[131:200], kernel[30:99] + kernel[:69], atol=1e-12)


def parameters(count: int, gains: tuple[float, float] = (3.0, 0.0), increment: float = 2.0) -> cells.Parameters:
    repeated = (np.full(count, value) for value in (1.0, -4.0))
    return cells.Parameters(*repeated, np.tile(gains, (count, 1)), np.full(count, 5.0), np.full(count, increment))


def stimulus(n_steps: int) -> FloatArray:
    """Two channels: noise that is smooth on 2 ms, and its cube."""
    noise = np.convolve(np.random.default_rng(4).normal(size=n_steps), np.ones(4) / 2, mode="same")
    return np.stack([noise, noise**3 / 4], axis=1)


@pytest.mark.slow
def test_cells_follow_their_equations() -> None:
    """With recorded spikes, potential and adaptation are those of the recursion; own spikes come as often as told."""
    channels = stimulus(2000)
    fired = np.zeros(2000, bool)
    fired[[100, 105, 400]] = True
    v, theta = cells.forced(parameters(2), channels, fired, DT, REFRACTORY)
    potential = adaptation = 0.0
    resting = 0
    for step in range(2000):
        assert v[step, 1] == pytest.approx(potential, abs=1e-9)
        assert theta[step, 1] == pytest.approx(adaptation, abs=1e-9)
        if not resting:
            potential += (3 * channels[step, 0] - potential) * (1 - np.exp(-DT / 1.0))
        adaptation *= np.exp(-DT / 5.0)
        resting = max(resting - 1, 0)
        if fired[step]:
            potential, adaptation, resting = -4.0, adaptation + 2.0, 4
    # Without input and adaptation, intervals are those of a Poisson process once the reset is forgotten, after 4 ms.
    thresholds, noises = np.full(100, 3.0), np.ones(100)
    still = cells.Parameters(np.full(100, 0.4), np.zeros(100), np.zeros((100, 2)), np.full(100, 5.0), np.zeros(100))
    found = cells.sampled(still, np.zeros((8000, 2)), DT, REFRACTORY, thresholds, noises, 5)
    intervals = np.concatenate([np.diff(np.flatnonzero(train)) for train in found.T])
    p = 1 - np.exp(-DT * np.exp(-3.0))
    assert intervals.min() == 5
    # Four standard errors, and 1 % for intervals that the end of the trial cuts off.
    error = 4 * np.sqrt(1 - p) / p / np.sqrt(len(intervals)) + 0.01 / p
    assert intervals.mean() == pytest.approx(4 + 1 / p, abs=error)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The preset tiny, on spikes of a cell that is known: the adaptive one, with amplitudes of 1 dB about a tenth."""
    folder = tmp_path_factory.mktemp("receptor")
    level = stimulus(12_000)[:, 0]
    channels = np.stack([np.concatenate([np.zeros(12), level[:-12]]), np.zeros(12_000)], axis=1)
    (spikes,) = cells.sampled(parameters(1, increment=4.0), channels, DT, REFRACTORY, np.full(1, 2.0), np.ones(1), 6).T
    amplitude = np.repeat(0.1 * 10 ** (level / 20), round(DT / 0.05))
    module = nitime(folder / "nitime", amplitude, DT * np.flatnonzero(spikes) + DT / 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "nitime", module)
        yield run_tiny("receptor", folder / "run")


@pytest.mark.slow
def test_a_small_run_finds_the_cell_that_fired(run: Run) -> None:
    found = {
        (entry["model"], entry["metric"], *entry["facts"].values()): entry["mean"]
        for entry in run.summary["metrics"]
        if entry["step"] is None
    }
    models = ("lif", "adaptive-lif", "glm", "network")
    own, alone = (
        {model: found[model, "bits_per_spike", 1, history, DT] for model in models} for history in ("own", "none")
    )
    # The times that made the spikes, or their neighbours of the grid: some 260 spikes are for training.
    assert 0.7 <= found["adaptive-lif", "time", 1, "membrane"] <= 1.4
    assert 3.0 <= found["adaptive-lif", "time", 1, "adaptation"] <= 10.0
    # The model that made the spikes explains them best; 2 % for what others learn by chance of those spikes.
    assert all(own["adaptive-lif"] > 0.98 * own[model] > 0.98 * alone[model] > 0 for model in models)
    for model in models:
        assert -0.1 < found[model, "by_chance", 1] < 0.1 < found[model, "coincidence", 1, "as fitted", DT]
        assert found[model, "coincidence", 1, "sharpened", DT] > found[model, "coincidence", 1, "as fitted", DT]
        recorded_rate = found[model, "recorded_rate", 1]
        assert found[model, "rate", 1, "sharpened"] == pytest.approx(recorded_rate, rel=0.25)


@pytest.mark.slow
def test_a_small_run_is_drawn_and_told(run: Run) -> None:
    spikes, worth = figure.draw(run).values()
    (title,) = [ax.get_title("left") for ax in spikes.axes if ax.get_title("left")]
    assert title == "Stimulus 1: modulated up to 200 Hz"
    assert [label.get_text() for label in spikes.axes[1].get_yticklabels()] == [
        "recorded",
        "lif",
        "adaptive-lif",
        "glm",
        "network",
    ]
    assert [len(ax.patches) for ax in worth.axes] == [8, 8]
    bits, factors = figure.sentences(run)
    assert bits.startswith("Bits per spike, stimulus 1: ")
    assert factors.startswith("Coincidence factors, stimulus 1: ")
