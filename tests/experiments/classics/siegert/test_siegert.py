"""The rate in response to white noise: theory against known values, a small simulation, and its figure."""

from __future__ import annotations

import pytest

from experiments.classics.siegert import CLASSIC, REFRACTORY, RESET, TAU, THRESHOLD, figure
from experiments.run_directory import Run
from experiments.shared.siegert import siegert_rate
from tests.experiments.classics.runs import run_tiny


def theory(dt: float) -> float:
    return siegert_rate(15.0, 5.0, TAU, THRESHOLD, RESET, REFRACTORY, dt)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_tiny("siegert", tmp_path_factory.mktemp("siegert"))


def test_theory_in_continuous_time() -> None:
    assert theory(0.0) == pytest.approx(9.4608, abs=5e-5)
    # Another published example: threshold 15, reset 0 mV, tau 10 ms; mean 15 mV, strength sqrt(1.5) mV.
    assert siegert_rate(15.0, 1.5**0.5, 10.0, 15.0, 0.0, 2.0) == pytest.approx(27.1096, abs=5e-5)
    # With hardly any noise, the rate is that of a constant current.
    assert siegert_rate(22.5, 1e-3, 10.0, 15.0, 0.0, 2.0) == pytest.approx(77.0053, abs=1e-3)


def test_yardsticks_are_theory_for_the_grid() -> None:
    for yardstick in CLASSIC.yardsticks:
        assert yardstick.published == pytest.approx(theory(yardstick.facts["dt"]), abs=1e-4)  # type: ignore[arg-type]


def test_a_small_run_agrees_with_theory_for_its_grid(run: Run) -> None:
    (entry,) = run.summary["references"]
    # 2000 neurons fire some 32,000 spikes in 2 s: the standard error is below 0.6 %.
    assert entry["measured"] == pytest.approx(entry["published"], rel=0.02)
    assert entry["facts"] == {"mean": 15.0, "sigma": 5.0, "dt": 0.5}
    (deviation,) = run.results.query("metric == 'deviation'")["value"]
    assert deviation == pytest.approx(entry["measured"] / theory(0.5) - 1, abs=1e-12)


def test_figure_and_sentence(run: Run) -> None:
    assert figure.draw(run).keys() == {"siegert"}
    (sentence,) = figure.sentences(run)
    assert "in continuous time" in sentence
