"""Phase planes: nullclines where the equations say, and a path as it was recorded."""

from __future__ import annotations

import re

import numpy as np
import pytest
from brian2 import mV, nA, pA
from matplotlib.axes import Axes
from matplotlib.contour import ContourSet
from matplotlib.quiver import Quiver
from numpy.testing import assert_allclose

import bnsim
from bnsim import plotting
from bnsim.errors import InputError
from bnsim.recording import Recording, SampledTrace, SpikeTimes

ADEX = bnsim.AdaptiveExponentialLIF()


def contours(ax: Axes) -> list[np.ndarray]:
    """Points (in the units of the axes) of the nullclines of both variables and of the threshold."""
    sets = [found for found in ax.collections if isinstance(found, ContourSet)]
    return [np.concatenate(found.allsegs[0]) for found in sets]


def labels(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_nullclines_of_the_adaptive_exponential_neuron() -> None:
    ax = plotting.phase_plane(ADEX, 500 * pA)
    membrane, adaptation, threshold = contours(ax)
    v, w = membrane.T
    closed = 30e-3 * (-70.6 - v + 2 * np.exp((v + 50.4) / 2)) * 1e3 + 500
    # Straight lines between the points of a grid of 400 x 400, of which the height of the picture is 400 steps.
    step = np.ptp(ax.get_ylim()) / 400
    assert_allclose(w, closed, atol=step)
    v, w = adaptation.T
    assert_allclose(w, 4 * (np.minimum(v, -40) + 70.6), atol=step)
    assert_allclose(threshold[:, 0], -40, atol=1e-6)
    (reset,) = ax.lines
    assert_allclose(reset.get_xdata(), -70.6)
    assert labels(ax) == ["nullcline of v", "nullcline of adaptation", "threshold", "reset"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Membrane potential (mV)", "Adaptation (pA)")


def test_limits_hold_threshold_reset_and_the_bend_of_the_nullcline() -> None:
    ax = plotting.phase_plane(bnsim.Izhikevich(), 10 * mV)
    low, high = ax.get_xlim()
    assert low < -65 < 30 < high
    low, high = ax.get_ylim()
    assert low < 0.04 * 62.5**2 - 5 * 62.5 + 150 < high
    assert ax.get_ylabel() == "u (mV)"
    given = plotting.phase_plane(bnsim.Izhikevich(), x=(-80, -20) * mV, y=(-20 * mV, 0 * mV))
    assert_allclose([given.get_xlim(), given.get_ylim()], [(-80, -20), (-20, 0)])


def test_arrows_point_where_the_variables_go() -> None:
    ax = plotting.phase_plane(ADEX, 500 * pA)
    (field,) = (found for found in ax.collections if isinstance(found, Quiver))
    v, w = field.X, field.Y
    dv = 30e-3 * (-70.6 - v + 2 * np.exp((np.minimum(v, -40) + 50.4) / 2)) * 1e3 + 500 - w
    dw = 4 * (np.minimum(v, -40) + 70.6) - w
    for drawn, change in ((field.U, dv), (field.V, dw)):
        moves = abs(change) > 1e-9  # one arrow stands on a nullcline
        assert (np.sign(drawn) == np.sign(change))[moves].all()
    assert_allclose(np.hypot(field.U, field.V), 1)


def test_a_threshold_that_depends_on_the_other_variable() -> None:
    model = bnsim.AdaptiveLIF(theta_increment=1 * mV)
    ax = plotting.phase_plane(model, 20 * mV, x=(-66, -40) * mV, y=(-1, 5) * mV)
    threshold = contours(ax)[2]
    assert_allclose(threshold[:, 0], -50 + threshold[:, 1], atol=1e-6)
    (reset,) = ax.lines
    assert_allclose(reset.get_xdata(), -65)
    assert_allclose(np.ptp(reset.get_ydata()), np.ptp(threshold[:, 1]))


def test_a_model_without_threshold_has_no_line_for_it() -> None:
    class Oscillator(bnsim.NeuronModel):
        equations = "dv/dt = (I - u)/ms : volt\ndu/dt = v/ms : volt"
        threshold = ""
        reset = ""

    ax = plotting.phase_plane(Oscillator(), 2 * mV, x=(-3, 3) * mV, y=(-3, 3) * mV)
    assert labels(ax) == ["nullcline of v", "nullcline of u"]
    assert_allclose(contours(ax)[0][:, 1], 2, atol=1e-6)
    with pytest.raises(InputError, match=r"^phase_plane.x: Oscillator has no threshold to go by; give limits$"):
        plotting.phase_plane(Oscillator())


@pytest.fixture
def run() -> Recording:
    """Five samples of unit 1, which fires in the step of the third."""
    v, w = np.array([-70.0, -55.0, -41.0, -70.0, -65.0]) / 1e3, np.array([0.0, 10.0, 20.0, 100.0, 90.0]) * 1e-12
    times = np.arange(5) * 1e-3
    traces = {
        name: SampledTrace(values[None, :, None], times, unit, np.array([1]))
        for name, values, unit in (("v", v, "V"), ("adaptation", w, "A"))
    }
    spikes = SpikeTimes(np.array([0]), np.array([1]), np.array([2e-3]))
    return Recording(
        5e-3, 1e-3, np.zeros(1, np.uint64), {"cells": np.array([[0, 1]])}, {"cells": spikes}, {"cells": traces}
    )


def test_a_path_is_broken_at_each_spike(run: Recording) -> None:
    ax = plotting.phase_plane(ADEX, recording=run, population="cells")
    _, first, second, jump = ax.lines
    assert_allclose(first.get_xydata(), [[-70, 0], [-55, 10], [-41, 20]])
    assert_allclose(second.get_xydata(), [[-70, 100], [-65, 90]])
    assert_allclose(jump.get_xydata(), [[-41, 20], [-70, 100]])
    assert jump.get_linestyle() == ":"
    assert labels(ax)[-1] == "path"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda r: plotting.phase_plane(bnsim.LIF()),
            "phase_plane.model: LIF has the variables v; give a model with two, of which one is its membrane potential "
            "'v'",
        ),
        (
            lambda r: plotting.phase_plane(bnsim.HodgkinHuxley()),
            "phase_plane.model: HodgkinHuxley has the variables v, m, h, n; give a model with two, of which one is its "
            "membrane potential 'v'",
        ),
        (
            lambda r: plotting.phase_plane("AdEx"),
            "phase_plane.model: 'AdEx' is no NeuronModel; give one, such as bnsim.Izhikevich()",
        ),
        (
            lambda r: plotting.phase_plane(bnsim.Izhikevich(d=[2, 8] * mV)),
            "phase_plane.model: d of Izhikevich differ from cell to cell; give the values of one cell",
        ),
        (
            lambda r: plotting.phase_plane(ADEX, 10 * mV),
            "phase_plane.constant_input: 10 mV has the wrong unit, expected A; give 100 pA, say",
        ),
        (
            lambda r: plotting.phase_plane(ADEX, unit=0),
            "phase_plane.unit: there is no recording; leave unit out",
        ),
        (
            lambda r: plotting.phase_plane(ADEX, recording=r, population="cell"),
            "phase_plane.population: unknown population 'cell'; did you mean 'cells'? the recording holds 'cells'",
        ),
        (
            lambda r: plotting.phase_plane(bnsim.Izhikevich(), recording=r, population="cells"),
            "Recording.traces: no trace of 'u' in 'cells' was recorded; run again with "
            "record=[bnsim.Trace('cells', 'u')]",
        ),
        (
            lambda r: plotting.phase_plane(ADEX, recording=r, population="cells", unit=0),
            "SampledTrace.of(unit): 0 was not sampled; the units are 1",
        ),
        (
            lambda r: plotting.phase_plane(ADEX, x=-50 * mV),
            "phase_plane.x: -50. mV is no pair of limits; give (least, greatest)",
        ),
        (
            lambda r: plotting.phase_plane(ADEX, y=(0 * mV, 1 * mV)),
            "phase_plane.y: 0. V is not in A; give limits in that unit",
        ),
        (
            lambda r: plotting.phase_plane(ADEX, y=(1 * nA, 0 * nA)),
            "phase_plane.y: 1e-09 is not below 0; give (least, greatest)",
        ),
        (
            lambda r: plotting.phase_plane(bnsim.AdaptiveLIF()),
            "phase_plane.y: everything lies at 0; give limits",
        ),
    ],
)
def test_errors_name_culprit_and_remedy(run: Recording, call, message: str) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        call(run)


def test_an_equation_that_cannot_be_evaluated() -> None:
    class Noisy(bnsim.NeuronModel):
        equations = "dv/dt = -v*f(v)/ms : volt\ndu/dt = -u/ms : volt"
        threshold = "v > 1*mV"
        reset = "v = 0*mV"

    with pytest.raises(
        InputError, match=r"^phase_plane.model: cannot evaluate '.*' of Noisy \(name 'f' is not defined\); use"
    ):
        plotting.phase_plane(Noisy(method="rk4"), x=(0, 1) * mV, y=(0, 1) * mV)


def test_draws_into_given_axes() -> None:
    from matplotlib import pyplot

    given = pyplot.figure().subplots()
    assert plotting.phase_plane(ADEX, ax=given) is given
