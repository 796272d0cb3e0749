"""The transfer study: theory by published numbers, neurons against theory, units against their formula, its figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bnsim.errors import InputError
from experiments import run_study
from experiments.names import DEFAULT_MODELS
from experiments.run_directory import Run
from experiments.shared.mean_field import lif_rate, siegert_rate
from experiments.studies.transfer import STUDY, figure
from tests.experiments.digits import values
from tests.experiments.here import run_here
from tests.experiments.runs import measured


def test_rates_of_theory_are_the_published_ones() -> None:
    assert lif_rate(22.5, 15, 0.010, 0.002) == pytest.approx(77.005, abs=1e-3)
    assert lif_rate(15, 15, 0.010, 0.002) == 0
    assert siegert_rate(15, np.sqrt(1.5), 15, 0.010, 0.002) == pytest.approx(27.1096, abs=1e-4)
    assert siegert_rate(15, 5, 20, 0.020, 0.002, reset=10) == pytest.approx(9.4608, abs=1e-4)


def test_siegert_rate_becomes_the_analytic_one_without_noise() -> None:
    assert siegert_rate(22.5, 0.05, 15, 0.010, 0.002) == pytest.approx(lif_rate(22.5, 15, 0.010, 0.002), rel=1e-4)


def test_lif_follows_theory(full_run: Run) -> None:
    outcome = measured(full_run, "transfer", "lif")
    theory = [lif_rate(15 * x, 15, 0.010, 0.002) for x in np.linspace(-3, 3, 7)]
    # Steps of 0.1 ms make an interval at most that much shorter or longer than theory: 2 % at 165 Hz; and the trial of
    # a second ends within an interval.
    assert values(outcome, "response") == pytest.approx(theory, abs=0.02 * 165 + 1)
    assert values(outcome, "theory")[::8] == pytest.approx(theory)
    assert values(outcome, "theory_error")[0] < 3


def test_noise_makes_the_threshold_soft_as_siegert_has_it(full_run: Run) -> None:
    outcome = measured(full_run, "transfer", "noisy-lif")
    found = {row.facts["input"]: row.value for row in outcome.measurements if row.metric == "response"}
    assert found[0.0] == 0
    expected = siegert_rate(15, np.sqrt(2) * 3, 15, 0.010, 0.002)
    assert found[1.0] == pytest.approx(expected, abs=15)  # a second of some 40 irregular spikes: 2.4 s.e.
    assert values(outcome, "theory_error")[0] < 10
    assert values(outcome, "threshold")[0] < values(measured(full_run, "transfer", "lif"), "threshold")[0]


def test_artificial_units_by_hand(full_run: Run) -> None:
    relu, sigmoid, tanh = (measured(full_run, "transfer", model) for model in ("relu", "sigmoid", "tanh"))
    assert values(relu, "response") == [0, 0, 0, 0, 1, 2, 3]
    assert values(sigmoid, "response")[3:5] == pytest.approx([0.5, 1 / (1 + np.exp(-1))])
    assert values(tanh, "response")[-1] == pytest.approx(np.tanh(3))
    # ReLU's range is 3: 5 % of it are reached at 0.15, and it takes 1.8 to go from 20 % to 80 %.
    assert values(relu, "threshold") == pytest.approx([0.15])
    assert values(relu, "gain") == pytest.approx([0.6 / 1.8])


def test_each_kind_has_its_unit() -> None:
    assert (STUDY["response"].unit_of("BNS"), STUDY["response"].unit_of("ANN")) == ("Hz", "activation")


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_here("transfer", DEFAULT_MODELS, {}, tmp_path_factory.mktemp("runs"), seeds=2, preset="tiny")


def test_a_run_needs_no_models_and_draws_itself(stored: Run) -> None:
    assert stored.manifest["models"] == {}
    assert stored.manifest["test_set_openings"] == 0
    assert set(stored.results["model"]) == {"lif", "noisy-lif", "sigmoid", "tanh", "relu"}
    (drawn,) = figure.draw(stored).values()
    spiking, artificial = drawn.axes
    assert [line.get_label() for line in spiking.lines if not line.get_label().startswith("_")] == [
        "LIF",
        "LIF with noise",
    ]
    np.testing.assert_allclose(artificial.lines[2].get_ydata(), np.maximum(np.linspace(-3, 3, 7), 0))
    page = (stored.directory / "report.html").read_text(encoding="utf-8")
    assert "Response of single units" in page


def test_models_have_no_place_in_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--models: transfer looks at lif, noisy-lif, .*; leave it out"):
        run_study("transfer", models=("dense",), out=tmp_path)
    assert not list(tmp_path.iterdir())
