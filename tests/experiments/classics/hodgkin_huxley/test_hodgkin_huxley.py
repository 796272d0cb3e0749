"""The squid axon's membrane: its yardsticks are theory, a small run agrees with it, and its figure."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from scipy.special import exprel

from experiments.classics.hodgkin_huxley import CLASSIC, PERIOD, REST, STEADY, figure, measure
from experiments.run_directory import Run
from tests.experiments.classics.runs import passed, run_tiny

pytestmark = pytest.mark.slow

Array = NDArray[np.float64]


def gates(v: float) -> Array:
    """Opening and closing rates (gate, 2) of m, h and n, per ms, in the form of 1952 with V = -65 - v."""
    V = -65 - v
    opening = [1 / exprel((V + 25) / 10), 0.07 * np.exp(V / 20), 0.1 / exprel((V + 10) / 10)]
    closing = [4 * np.exp(V / 18), 1 / (np.exp((V + 30) / 10) + 1), 0.125 * np.exp(V / 80)]
    return np.array([opening, closing]).T


def slope(y: Array, current: float = 0.0) -> Array:
    v, m, h, n = y
    membrane = 120 * m**3 * h * (v - 50) + 36 * n**4 * (v + 77) + 0.3 * (v + 54.387)
    return np.array([current - membrane, *(a * (1 - x) - b * x for (a, b), x in zip(gates(v), y[1:], strict=True))])


def steady(v: float) -> Array:
    return np.array([v, *(a / (a + b) for a, b in gates(v))])


def solution(current: float, displaced: float, duration: float) -> tuple[Array, Array]:
    """Times of upward crossings of 0 mV, and the potential."""

    def crosses(t: float, y: Array) -> float:
        return float(y[0])

    crosses.direction = 1  # type: ignore[attr-defined]
    start = steady(REST)
    start[0] += displaced
    found = solve_ivp(
        lambda t, y: slope(y, current), (0, duration), start, "LSODA", events=crosses, rtol=1e-9, atol=1e-10, max_step=1
    )
    return found.t_events[0], found.y[0]


def published(metric: str) -> list[float]:
    return [yardstick.published for yardstick in CLASSIC.yardsticks if yardstick.metric == metric]


def test_the_resting_state_becomes_unstable_at_the_yardstick() -> None:
    """The largest real part of the eigenvalues of the linearised equations changes its sign there."""

    def growth(current: float) -> float:
        v = brentq(lambda v: slope(steady(v), current)[0], -75, -40)
        h, y = 1e-6, steady(v)
        columns = [(slope(y + step, current) - slope(y - step, current)) / (2 * h) for step in h * np.eye(4)]
        return float(np.linalg.eigvals(np.array(columns).T).real.max())

    assert published("stability") == [pytest.approx(brentq(growth, 9, 11), abs=1e-3)]


def test_threshold_interval_and_amplitude_of_a_precise_solution() -> None:
    _, threshold = published("threshold")
    assert [len(solution(0, threshold + side, 30)[0]) for side in (-2e-3, 2e-3)] == [0, 1]
    times, _ = solution(STEADY, 0, 150)
    assert np.diff(times)[-1] == pytest.approx(PERIOD, abs=1e-4)
    assert published("amplitude") == [pytest.approx(solution(0, 15, 10)[1].max() - REST, abs=0.05)]


def test_the_smallest_strength_lies_within_the_last_division() -> None:
    calls: list[int] = []

    def fires(strengths: Array) -> Array:
        calls.append(len(strengths))
        return strengths >= 6.2345

    found = measure._smallest(5.0, 9.0, fires, 2)
    assert 0 <= found - 6.2345 < 4 / 59**2
    assert calls == [measure.CELLS] * 2


@pytest.mark.parametrize(
    ("train", "rate"),
    [([10.0, 20.0, 30.0], 0.0), (np.arange(5, 200, 20.0), 50.0), ([150.0], 0.0), ([110.0, 120.0, 130.0], 0.0)],
)
def test_only_a_patch_that_fires_to_the_end_has_a_rate(train: Array, rate: float) -> None:
    assert measure._rate(np.array(train), 200) == pytest.approx(rate)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_tiny("hodgkin-huxley", tmp_path_factory.mktemp("hodgkin-huxley"))


def test_a_small_run_passes_yardsticks_of_the_membrane_and_of_errors(run: Run) -> None:
    verdicts = passed(run)
    assert all(passed for name, passed in verdicts.items() if not name.startswith("onset")), run.summary["references"]
    rates = {
        (facts["approach"], facts["current"]): value
        for facts, value in run.results.query("metric == 'rate'")[["facts", "value"]].itertuples(index=False)
    }
    assert rates["switched on", 5.0] == rates["raised slowly", 5.0] == rates["raised slowly", 8.0] == 0.0
    assert rates["switched on", 8.0] > 50.0


def test_figure_and_sentences(run: Run) -> None:
    assert figure.draw(run).keys() == {"hodgkin_huxley"}
    spikes, jump = figure.sentences(run)
    assert spikes.startswith("A displacement by 6.5")
    assert jump.startswith("The rate jumps from 0 to ")
