"""Gap junctions: theory by hand, the measure of synchrony, all yardsticks of a small run, groups, the figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from experiments.classics.gap_junctions import CLASSIC, COUPLING, figure
from experiments.classics.gap_junctions.measure import network, synchrony
from experiments.classics.gap_junctions.theory import coefficient, spikelet
from experiments.run_directory import Run
from tests.experiments.classics.runs import passed, run_tiny
from tests.experiments.digits import tiny

pytestmark = pytest.mark.slow

YARDSTICKS = {yardstick.name: yardstick.published for yardstick in CLASSIC.yardsticks}


def test_coupling_coefficients_by_hand() -> None:
    assert coefficient(1.0, 0.0) == 0.5
    # With tau = 20 ms, 2 pi f tau = 1.5 at 11.937 Hz: there 1 + w = 1.5 and the reactance are equal.
    assert coefficient(0.5, 1.5 / (2 * np.pi * 0.020)) == pytest.approx(0.5 / (1.5 * np.sqrt(2)))
    for frequency in (10, 100):
        assert YARDSTICKS[f"coupling coefficient at {frequency} Hz"] == pytest.approx(
            coefficient(COUPLING, frequency), abs=1e-6
        )


def test_the_spikelet_is_that_of_a_precise_solution() -> None:
    """3 nS and 1 nA at 10,000 square micrometres are 0.03 mS and 10 uA per square centimetre."""
    assert YARDSTICKS["spikelet"] == pytest.approx(spikelet(0.03, 10.0, 100.0), abs=2e-6)


def test_synchrony_of_equal_opposite_and_independent_cells() -> None:
    phases = np.linspace(0, 20 * np.pi, 2000, endpoint=False)[:, None]
    assert synchrony(np.sin(phases + np.zeros(5))) == pytest.approx(1)
    assert synchrony(np.sin(phases + np.array([0, np.pi]))) == pytest.approx(0, abs=1e-9)
    many = np.sin(phases * np.arange(1, 17))  # orthogonal: they have nothing to do with each other
    assert synchrony(many) == pytest.approx(1 / 4, rel=1e-9)


def test_every_cell_of_a_group_has_the_same_total_conductance() -> None:
    described = network(tiny(CLASSIC, totals=(0.0, 6.0), cells=4), 0.05)
    (groups,) = [projection for projection in described.projections if projection.name == "groups_to_groups"]
    edges = groups.connectivity
    conductance = np.zeros((8, 8))
    for source, target, factor in zip(edges.source, edges.target, edges.factor, strict=True):  # type: ignore[attr-defined]
        conductance[source, target] = conductance[target, source] = factor * float(groups.weights) * 1e9
    np.testing.assert_allclose(conductance.sum(axis=0), [0] * 4 + [6] * 4)
    assert np.count_nonzero(conductance[:4, 4:]) == 0
    assert described["groups"].size == 8


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_tiny("gap-junctions", tmp_path_factory.mktemp("gap-junctions"))


def test_a_small_run_passes_all_yardsticks_of_its_conditions(run: Run) -> None:
    verdicts = passed(run)
    assert len(verdicts) == 5
    assert all(verdicts.values()), run.summary["references"]


def test_figure_and_sentences(run: Run) -> None:
    assert figure.draw(run).keys() == {"gap_junctions"}
    (sentence,) = figure.sentences(run)
    assert sentence.startswith("With a time step of 0.05\N{NO-BREAK SPACE}ms, a spike of one cell depolarizes its ")


def test_groups_pass_all_yardsticks_and_errors_are_of_first_order(tmp_path: Path) -> None:
    run = run_tiny("gap-junctions", tmp_path, **CLASSIC.presets["quick"].model_dump())
    verdicts = passed(run)
    assert len(verdicts) == len(CLASSIC.yardsticks)
    assert all(verdicts.values()), run.summary["references"]
    errors = run.results.query("metric == 'coefficient_error'")
    coarse, fine = (next(row.value for row in errors.itertuples() if row.facts["dt"] == dt) for dt in (0.05, 0.025))
    assert coarse / fine == pytest.approx(2, rel=0.1)
    assert len(figure.sentences(run)) == 2
