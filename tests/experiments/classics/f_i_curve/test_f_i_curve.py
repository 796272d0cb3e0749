"""The f-I curve: its yardsticks are the closed solution, a small run agrees with it, and its figure."""

from __future__ import annotations

import pytest

from experiments.classics.f_i_curve import CLASSIC, figure
from experiments.classics.f_i_curve.measure import closed_solution
from experiments.run_directory import Run
from tests.experiments.classics.runs import passed, run_tiny


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_tiny("f-i-curve", tmp_path_factory.mktemp("f-i-curve"))


def test_yardsticks_are_the_closed_solution() -> None:
    assert closed_solution(15.0) == closed_solution(-3.0) == 0.0
    assert closed_solution(22.5) == pytest.approx(1e3 / (2 + 10 * 1.0986122887), rel=1e-9)  # ln 3
    for yardstick in CLASSIC.yardsticks:
        if yardstick.metric == "rate":
            assert yardstick.published == pytest.approx(closed_solution(yardstick.facts["current"]), abs=1e-4)  # type: ignore[arg-type]


def test_a_small_run_passes_all_yardsticks_of_its_steps(run: Run) -> None:
    verdicts = passed(run)
    assert len(verdicts) == 6
    assert all(verdicts.values()), verdicts


def test_a_neuron_below_threshold_is_silent(run: Run) -> None:
    rates = run.results.query("metric == 'rate'")
    assert [row.value for row in rates.itertuples() if row.facts["current"] < 15] == [0.0]


def test_the_task_is_the_experiment_and_the_model_the_neuron(run: Run) -> None:
    assert set(run.results["task"]) == {"f-i-curve"}
    assert set(run.results["model"]) == {"lif"}
    assert run.summary["protocol"] == "simulation"


def test_figure_and_sentence(run: Run) -> None:
    assert figure.draw(run).keys() == {"f_i_curve"}
    (sentence,) = figure.sentences(run)
    assert sentence.startswith("With a time step of 0.01\N{NO-BREAK SPACE}ms, no interval differs")
    page = (run.directory / "report.html").read_text(encoding="utf-8")
    assert "<h1>Rate against current</h1>" in page
    assert "The test set was not opened" not in page
