"""Short-term plasticity: theory by hand and by iteration, all yardsticks of a small run, Poisson trains, the figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

import bnsim
from experiments.classics.short_term_plasticity import AFTER, BEFORE, CLASSIC, Config, figure
from experiments.classics.short_term_plasticity.measure import optimum
from experiments.classics.short_term_plasticity.theory import SYNAPSES, after_step, mean_field, regular
from experiments.run_directory import Run
from tests.experiments.classics.runs import passed, run_tiny

pytestmark = pytest.mark.slow

YARDSTICKS = {yardstick.name: yardstick for yardstick in CLASSIC.yardsticks}
FINE = np.arange(10.0, 40.0, 0.001)


def iterated(synapse: bnsim.ShortTermPlasticity, rate: float) -> float:
    """Release of the 2000th spike of a regular train, spike by spike, in the variables of the paper."""
    recovery, facilitation = (float(tau) for tau in (synapse.tau_rec, synapse.tau_facil))
    used, left, release = 0.0, 1.0, 0.0
    for _ in range(2000):
        used = used * (np.exp(-1 / (rate * facilitation)) if facilitation else 0.0)
        used += synapse.U * (1 - used)
        release = used * left
        left = 1 - (1 - (left - release)) * np.exp(-1 / (rate * recovery))
    return release


@pytest.mark.parametrize("synapse", SYNAPSES.values(), ids=SYNAPSES)
@pytest.mark.parametrize("rate", [1.0, 20.0, 80.0])
def test_the_closed_form_is_what_spikes_settle_at(synapse: bnsim.ShortTermPlasticity, rate: float) -> None:
    assert regular(synapse, rate) == pytest.approx(iterated(synapse, rate), rel=1e-12)


def test_theory_of_the_depressing_synapse_by_hand() -> None:
    depressing = SYNAPSES["depressing"]
    assert mean_field(depressing, 2.5) == pytest.approx(0.5 / 2)  # half of U, at the limiting frequency
    assert 80 * mean_field(depressing, 80.0) == pytest.approx(40 / 33)
    first, last = after_step(depressing, BEFORE, AFTER, np.array([0.0, 100.0]))
    assert first == pytest.approx(20 / 3)  # r2 U / (1 + r1 U tau_rec)
    assert last == pytest.approx(AFTER * mean_field(depressing, AFTER))
    assert YARDSTICKS["overshoot after a step from 5 to 40 Hz"].published == pytest.approx(first / last, abs=1e-3)
    after = after_step(depressing, BEFORE, AFTER, np.array([0.04706]))
    assert (after - last) / (first - last) == pytest.approx(1 / np.e, abs=1e-4)
    assert YARDSTICKS["time constant after a step from 5 to 40 Hz"].published == pytest.approx(47.06)
    assert YARDSTICKS["limiting frequency of the depressing synapse"].published == 1 / (0.5 * 0.8)


def test_optimal_rates_are_where_theory_is_largest() -> None:
    facilitating = SYNAPSES["facilitating"]
    at = {
        name: FINE[np.argmax([theory(facilitating, rate) for rate in FINE])]
        for name, theory in (("regular", regular), ("Poisson", mean_field))
    }
    for train, rate in at.items():
        assert YARDSTICKS[f"optimal rate of {train} trains"].published == pytest.approx(rate, abs=2e-3)
    assert at["Poisson"] == pytest.approx((np.sqrt(0.97 * 0.53 / (0.03 * 0.13)) - 1) / 0.53, abs=2e-3)
    leading = YARDSTICKS["optimal rate of Poisson trains, to leading order"].published
    assert leading == pytest.approx(1 / np.sqrt(0.03 * 0.13 * 0.53), abs=1e-3)


def test_the_optimum_of_few_rates_is_that_of_the_curve() -> None:
    facilitating = SYNAPSES["facilitating"]
    rates = 1e3 / np.array(CLASSIC.presets["quick"].intervals)  # type: ignore[attr-defined]
    found = optimum(rates, np.array([regular(facilitating, rate) for rate in rates]))
    assert found == pytest.approx(20.821, abs=0.01)


def test_steps_that_do_not_divide_a_millisecond_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"a step of 0.3 ms does not divide 1 ms; give 0.5 or 0.1, say"):
        Config(intervals=(50,), rates=(20.0,), synapses=0, duration=1, steps=(0.3,))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_tiny("short-term-plasticity", tmp_path_factory.mktemp("short-term-plasticity"))


def test_a_small_run_of_regular_trains_is_exact(run: Run) -> None:
    verdicts = passed(run)
    assert verdicts["release in regular trains, step 1 ms"], run.summary["references"]
    assert verdicts["optimal rate of regular trains"], run.summary["references"]
    assert len(verdicts) == 2


def test_figure_and_sentences(run: Run) -> None:
    assert figure.draw(run).keys() == {"short_term_plasticity"}
    first, second = figure.sentences(run)
    assert first.startswith("The facilitating synapse releases most of a spike at 20.8")
    assert second.startswith("In regular trains, no release differs from the closed form by more than ")


def test_poisson_trains_pass_all_yardsticks(tmp_path: Path) -> None:
    quick = CLASSIC.presets["quick"].model_dump()
    run = run_tiny("short-term-plasticity", tmp_path, **{**quick, "steps": (1.0,)})
    verdicts = passed(run)
    assert len(verdicts) == 8
    assert all(verdicts.values()), run.summary["references"]
    assert len(figure.sentences(run)) == 3
