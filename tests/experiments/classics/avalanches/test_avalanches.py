"""Branching ratio from few cells, and avalanches: estimates, when cells fire, theory, a small run and its figure."""

from __future__ import annotations

import numpy as np
import pytest
from brian2.units import ms
from pydantic import ValidationError

import bnsim
from experiments.classics.avalanches import CLASSIC, GENERATION, Config, expected, figure, measure
from experiments.classics.avalanches.estimates import exponent, multistep, slopes
from experiments.classics.avalanches.network import network
from experiments.run_directory import Run
from tests.experiments.classics.runs import passed, run_tiny
from tests.experiments.digits import tiny


def test_slopes_are_those_of_linear_regressions() -> None:
    activity = np.random.default_rng(1).poisson(3.0, 60).cumsum() % 17.0
    fitted = [np.polyfit(activity[:-lag], activity[lag:], 1)[0] for lag in (1, 2, 3)]
    np.testing.assert_allclose(slopes(activity, 3), fitted, rtol=1e-9)
    assert np.isnan(slopes(np.ones(10), 3)).all()


@pytest.mark.parametrize("scale", [1.0, 0.01])
@pytest.mark.parametrize("ratio", [0.5, 0.9, 0.99])
def test_multistep_regression_finds_the_ratio_of_a_geometric_series(ratio: float, scale: float) -> None:
    assert multistep(scale * ratio ** np.arange(1, 101)) == pytest.approx(ratio, abs=1e-6)
    assert np.isnan(multistep(np.full(5, np.nan)))


def test_multistep_regression_of_a_process_that_is_seen_in_part() -> None:
    """A branching process with Poisson offspring; each spike is seen with a probability of 0.05."""
    generator, activity = np.random.default_rng(3), [50]
    for _ in range(20_000):
        activity.append(int(generator.poisson(0.9 * activity[-1] + 5)))
    seen = generator.binomial(activity, 0.05).astype(np.float64)
    # The slope over one step has a standard error of 1 / sqrt(20,000) = 0.007, the ratio one of 0.02.
    assert slopes(seen, 1)[0] == pytest.approx(expected(0.9, 0.05), abs=0.03)
    assert expected(0.9, 0.05) == pytest.approx(0.9 * 0.05 / (0.05 + 0.95 * 0.19))
    assert multistep(slopes(seen, 40)) == pytest.approx(0.9, abs=0.06)
    assert expected(0.9, 1.0) == pytest.approx(0.9)


def test_exponent_of_sizes_in_the_proportions_of_a_power_law() -> None:
    sizes = np.arange(10, 301)
    counts = np.rint(1e7 * sizes**-1.7).astype(int)
    outside = np.array([1, 2, 9, 301, 5000])
    assert exponent(np.concatenate([np.repeat(sizes, counts), outside]), 10, 300) == pytest.approx(1.7, abs=1e-3)
    assert np.isnan(exponent(outside, 10, 300))


def test_sizes_in_theory() -> None:
    """Borel distribution: 1 with exp(-m), 2 with m exp(-2 m); the mean is 1 / (1 - m), or the power law at m = 1."""
    first = figure.at_least(np.array([1, 2, 3]), 0.8)
    np.testing.assert_allclose(first, [1, 1 - np.exp(-0.8), 1 - np.exp(-0.8) - 0.8 * np.exp(-1.6)], rtol=1e-12)
    assert figure.at_least(np.arange(1, 2001), 0.8).sum() == pytest.approx(5, rel=1e-6)
    # Stirling's formula leaves out 1 / (12 s) of each probability.
    assert figure.at_least(np.array([2000]))[0] == pytest.approx(np.sqrt(2 / (np.pi * 2000)), rel=1e-3)


@pytest.mark.parametrize("dt", [4.0, 2.0])
def test_a_cell_fires_where_two_spikes_meet_or_one_meets_the_background(dt: float) -> None:
    cells = 100
    simulator = network(cells, dt).compile(dt=dt * ms, backend="numpy")
    state = simulator.initial_state(key=2)
    targets = state.weights("cells_to_cells", matrix=True) > 0
    assert (targets.sum(axis=0) == 2).all()
    first = np.arange(30)
    for probability, least in ((1.0, 1), (0.0, 2)):
        stimulus = {"background": np.full(cells, probability), "start": (np.zeros(30), first)}
        duration = 3 * GENERATION + 2 * dt
        _, recording = simulator.run_for(state, duration * ms, stimulus, record=[bnsim.Spikes("cells")])
        spikes = recording.spike_times("cells")
        fired = np.isin(np.arange(cells), first)
        for generation in range(3):
            at = dt + generation * GENERATION
            found = spikes.unit[np.isclose(1e3 * spikes.time, at)]
            np.testing.assert_array_equal(np.sort(found), np.flatnonzero(fired))
            fired = (targets[fired].sum(axis=0)) >= least
        assert set(np.rint(1e3 * spikes.time - dt) % GENERATION) == {0}
        assert fired.any() == (probability == 1)


def test_steps_off_the_grid_and_too_many_cells_are_refused() -> None:
    for changed, message in (
        ({"steps": (3.0,)}, "a step of 3 ms is no whole part of a generation of 4 ms; give 4, 2 or 1, say"),
        ({"steps": (8.0,)}, "a step of 8 ms is no whole part"),
        ({"observed": (1001,)}, "1001 of 1000 cells cannot be observed; change observed or cells"),
    ):
        with pytest.raises(ValidationError, match=message):
            Config(**{**tiny(CLASSIC).model_dump(), **changed})


@pytest.mark.slow
def test_subcritical_avalanches_have_the_sizes_of_the_borel_distribution() -> None:
    found = measure.sizes(2000, 4.0, seed=1, branching_ratio=0.5)
    # The distribution has a variance of m / (1 - m)^3 = 4: a standard error of 0.045.
    assert found.mean() == pytest.approx(2, abs=0.18)
    below = figure.at_least(np.array([2, 3, 5]), 0.5)
    # Standard errors are 0.011 at most.
    np.testing.assert_allclose([(found >= size).mean() for size in (2, 3, 5)], below, rtol=0, atol=0.045)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_tiny("avalanches", tmp_path_factory.mktemp("avalanches"))


def _mean(run: Run, metric: str, **facts: float) -> float:
    (found,) = [
        e["mean"] for e in run.summary["metrics"] if e["metric"] == metric and facts.items() <= e["facts"].items()
    ]
    return float(found)


@pytest.mark.slow
def test_the_conventional_estimate_collapses_and_the_multistep_one_does_not(run: Run) -> None:
    assert _mean(run, "rate") == pytest.approx(2.5, rel=0.1)  # 200,000 spikes, in bursts
    # 20,000 generations: standard errors of 0.004 for all cells, and of 0.015 for 100 of 1000.
    assert _mean(run, "conventional", observed=1000) == pytest.approx(0.9, abs=0.015)
    assert _mean(run, "multistep", observed=1000) == pytest.approx(0.9, abs=0.015)
    assert _mean(run, "theory", observed=1000) == pytest.approx(0.9)
    assert _mean(run, "conventional", observed=100) == pytest.approx(_mean(run, "theory", observed=100), abs=0.04)
    assert _mean(run, "theory", observed=100) < 0.4
    assert _mean(run, "multistep", observed=100) == pytest.approx(0.9, abs=0.05)


@pytest.mark.slow
def test_a_small_run_is_held_against_nothing_and_drawn_and_told(run: Run) -> None:
    assert passed(run) == {}
    (drawn,) = figure.draw(run).values()
    titles = [ax.get_title(loc="left") for ax in drawn.axes]
    assert titles == ["1,000 cells", "100 cells", "Regressions", "Branching ratio", "Avalanches"]
    estimates, sizes = figure.sentences(run)
    assert estimates.startswith("From 1,000 and 100 cells, the conventional estimate of a branching ratio of 0.9 is 0.")
    assert "; multistep regression gives 0." in estimates
    assert "theory says 1.5" in sizes
