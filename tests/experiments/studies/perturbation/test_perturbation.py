"""The perturbation study: differences by hand, what changes and what does not, growth against theory, its figure."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.run_directory import Run
from experiments.spec import Untrained
from experiments.studies.perturbation import STUDY, figure, measure
from experiments.studies.perturbation.measure import _changed, _differing, spreading
from tests.experiments.digits import ignore, tiny, values
from tests.experiments.runs import measured, without


def test_differing_spikes_by_hand() -> None:
    first = (np.array([0.001, 0.002, 0.0025]), np.array([3, 1, 1]))
    second = (np.array([0.001, 0.002, 0.003]), np.array([3, 2, 1]))
    assert _differing(first, first).tolist() == []
    # Unit 1 at 2.0 and 2.5 ms in the first alone, unit 2 at 2.0 and unit 1 at 3.0 ms in the second.
    np.testing.assert_allclose(_differing(first, second), [0.002, 0.002, 0.0025, 0.003])


def test_one_spike_after_a_third_of_the_trial_is_changed() -> None:
    train = (np.array([0.010, 0.031, 0.032, 0.060]), np.array([0, 1, 1, 2]))
    (times, units), when = _changed(train, "removed", 90.0)
    # The one at 31 ms has no room 1 ms later, where its unit fires already.
    assert (times.tolist(), units.tolist(), when) == ([0.010, 0.031, 0.060], [0, 1, 2], 0.032)
    (times, units), when = _changed(train, "moved", 90.0)
    np.testing.assert_allclose(times, [0.010, 0.031, 0.033, 0.060])
    assert (units.tolist(), when) == ([0, 1, 1, 2], 0.032)
    early = (np.array([0.010]), np.array([0]))
    assert _changed(early, "removed", 90.0)[0] is early


def test_spikes_on_the_edges_of_bins_count_to_the_later_one() -> None:
    """A spike in every step of 0.5 ms after the change, wherever the change is: ten in each bin of 5 ms."""
    for first in (0, 100, 333):
        steps = first + np.arange(100)
        found = spreading([steps * 0.5 / 1e3, np.zeros(0)], np.array([first * 0.5 / 1e3, 0.03]))
        assert found == [(5 * number, 10) for number in range(10)]
    assert spreading([np.zeros(0)], np.array([0.03])) == [(0, 0)]
    assert spreading([np.array([0.035])], np.array([0.03])) == [(0, 0), (5, 1)]


def test_nothing_else_changes_at_the_input_and_nothing_before_it(full_run: Run) -> None:
    outcome = measured(full_run, "perturbation", "lif")
    assert values(outcome, "difference", scale=4.0, change="removed")[0] == 1
    assert values(outcome, "difference", scale=4.0, change="moved")[0] == 2
    steps = [row.step for row in outcome.measurements if row.metric == "spreading"]
    assert min(step for step in steps if step is not None) == 0


def test_a_change_dies_with_the_activity_or_grows(full_run: Run) -> None:
    outcome = measured(full_run, "perturbation", "lif")
    assert values(outcome, "survival", scale=0.5, change="removed")[-1] == 0
    grown = values(outcome, "difference", scale=4.0, change="removed")
    assert grown[3] > grown[2] > grown[1] > grown[0]
    assert values(outcome, "survival", scale=4.0, change="removed")[-1] == 1
    (growth,) = values(outcome, "growth", scale=4.0, change="removed")
    assert growth == pytest.approx(np.sqrt(grown[3] / grown[1]))


def test_growth_in_wide_artificial_networks_is_the_root_of_chi() -> None:
    # One changed input in each of 50 samples reaches 1000 units by weights of its own: a standard error of about 1 %.
    outcome = measure.run(tiny(STUDY, width=1000, samples=50), Untrained("tanh", "ANN", seed=0), ignore)
    for scale in (0.8, 2.5):
        (found,), (theory,) = (
            values(outcome, metric, scale=scale, change="epsilon") for metric in ("growth", "growth_theory")
        )
        assert found == pytest.approx(theory, rel=0.05)


def test_a_run_draws_itself(full_run: Run) -> None:
    (drawn,) = figure.draw(full_run).values()
    panels = {ax.get_title(loc="left"): ax for ax in drawn.axes if ax.get_title(loc="left")}
    assert list(panels) == ["tanh", "LIF", "LIF, last layer"]
    assert [len(ax.lines) for ax in panels.values()] == [2, 4, 4]
    assert "Growth of a small perturbation" in (full_run.directory / "report.html").read_text(encoding="utf-8")


def test_nothing_is_said_of_a_growth_that_was_not_measured(full_run: Run) -> None:
    tanh, lif = figure.sentences(full_run)
    assert tanh.startswith("In tanh networks a change of one input grows from one layer to the next by a factor of ")
    assert lif.startswith("In LIF networks the effect of a lost spike grows from one layer to the next by a factor of ")
    assert figure.sentences(without(full_run, STUDY["growth"])) == []
