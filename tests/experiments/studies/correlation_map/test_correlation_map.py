"""The correlation-map study: theory by hand, networks against theory, keys, silence, its figure."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.run_directory import Run
from experiments.shared.mean_field import activation_sizes, correlations, slope_at_one
from experiments.shared.random_networks import ACTIVATIONS
from experiments.spec import Untrained
from experiments.studies.correlation_map import KEYS, STUDY, figure, measure
from tests.experiments.digits import ignore, tiny, values
from tests.experiments.runs import measured, without

TANH = ACTIVATIONS["tanh"]


def test_theory_by_hand() -> None:
    """A linear unit passes the correlation on; for ReLU the arc-cosine kernel is known in closed form."""
    assert correlations(0.3, 1.0, 3, 0.7, lambda x: x) == pytest.approx([0.3, 0.3, 0.3, 0.3])
    assert slope_at_one(1.0, 0.7, lambda x: x) == pytest.approx(0.49)
    angle = np.arccos(0.5)
    expected = (np.sin(angle) + (np.pi - angle) * 0.5) / np.pi
    # The kink of ReLU is what quadrature does not resolve.
    assert correlations(0.5, 1.0, 1, 1.4, ACTIVATIONS["relu"])[1] == pytest.approx(expected, abs=5e-3)
    assert correlations(1.0, 1.0, 2, 2.0, TANH) == pytest.approx([1, 1, 1])


def test_tanh_is_critical_at_one_and_chaotic_above() -> None:
    def chi(scale: float) -> float:
        return slope_at_one(activation_sizes(1.0, 2000, scale, TANH)[-1], scale, TANH)

    assert chi(1.0) == pytest.approx(1, abs=0.01)  # the activity still shrinks, more and more slowly
    assert chi(0.8) == pytest.approx(0.64, abs=1e-3)
    assert chi(1.5) > 1.1


def test_wide_networks_lie_on_the_curve() -> None:
    config = tiny(STUDY, width=1000, networks=20, scales=(0.6, 1.5), depth=3, inputs=(0.9,))
    outcome = measure.run(config, Untrained("tanh", "ANN", seed=0), ignore)
    assert values(outcome, "theory_error")[0] <= 0.02
    for scale in (0.6, 1.5):  # activations die out, and settle
        (slope,), (theory,) = (values(outcome, metric, scale=scale) for metric in ("slope", "slope_theory"))
        assert slope == pytest.approx(theory, rel=0.05)
        assert (slope < 1) == (scale < 1)


def test_inputs_have_exactly_the_correlation_that_was_asked_for(full_run: Run) -> None:
    outcome = measured(full_run, "correlation-map", "tanh")
    for c in (0.5, 0.9, 0.99):
        assert values(outcome, "correlation", scale=1.0, input=c)[0] == pytest.approx(c, abs=1e-12)


def test_common_keys_keep_alike_what_independent_ones_tear_apart(full_run: Run) -> None:
    outcome = measured(full_run, "correlation-map", "lif")
    common, independent = (values(outcome, "correlation", scale=4.0, input=0.99, keys=keys) for keys in KEYS)
    assert common[0] == independent[0] > 0.98  # of the rates
    assert common[1] > independent[1] + 0.05


def test_silent_layers_have_no_correlation(full_run: Run) -> None:
    outcome = measured(full_run, "correlation-map", "lif")
    assert len(values(outcome, "correlation", scale=0.5, input=0.9, keys="common")) < 5
    assert values(outcome, "fixed_point", scale=0.5, keys="common") == []
    assert all(np.isfinite(row.value) for row in outcome.measurements)


def test_a_run_draws_itself(full_run: Run) -> None:
    (drawn,) = figure.draw(full_run).values()
    titles = [ax.get_title(loc="left") for ax in drawn.axes if ax.get_title(loc="left")]
    assert titles == ["tanh", "tanh, one layer", "LIF, common keys", "LIF, independent keys"]
    assert "Similarity of two inputs" in (full_run.directory / "report.html").read_text(encoding="utf-8")


def test_where_all_layers_fall_silent_the_sentence_says_so(full_run: Run) -> None:
    _, spiking = figure.sentences(without(full_run, STUDY["fixed_point"]))
    assert spiking == "In LIF networks no layer was active at the end."
