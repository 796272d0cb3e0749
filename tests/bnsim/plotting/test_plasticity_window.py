"""The window of a rule is its closed form."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import Hz, ms, mV, nS
from matplotlib import pyplot

import bnsim
from bnsim import plotting
from bnsim.errors import InputError


def test_the_window_of_the_pair_rule() -> None:
    rule = bnsim.PairSTDP(tau_plus=17 * ms, tau_minus=34 * ms, a_plus=0.01, a_minus=0.02)
    ax = plotting.plasticity_window(rule)
    lags, change = ax.lines[2].get_xydata().T
    assert np.isnan(lags[100])
    np.testing.assert_allclose(np.delete(lags, 100), np.arange(-100, 101))
    # in percent of half the largest weight
    np.testing.assert_allclose(change[:100], -4 * np.exp(lags[:100] / 34), rtol=1e-9)
    np.testing.assert_allclose(change[101:], 2 * np.exp(-lags[101:] / 17), rtol=1e-9)
    assert ax.get_legend() is None


def test_each_starting_weight_has_a_line() -> None:
    rule = bnsim.SoftPairSTDP(a_plus=0.01, w_max=1 * mV)
    ax = plotting.plasticity_window(rule, [0.25, 0.5] * mV, longest=50 * ms)
    low, half = (line.get_xydata() for line in ax.lines[2:])
    np.testing.assert_allclose(low[101:, 0], np.arange(101) / 2)
    np.testing.assert_allclose(low[101:, 1], 3 * np.exp(-low[101:, 0] / 20), rtol=1e-9)
    np.testing.assert_allclose(half[101:, 1], 1 * np.exp(-low[101:, 0] / 20), rtol=1e-9)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["0.25 mV", "0.5 mV"]


def test_a_symmetric_window_in_given_axes() -> None:
    rule = bnsim.VogelsSTDP(tau_stdp=20 * ms, target_rate=5 * Hz, learning_rate=0.01, scale=1 * nS)
    given = pyplot.figure().subplots()
    ax = plotting.plasticity_window(rule, 1 * nS, label="Vogels", ax=given)
    assert ax is given
    lags, change = ax.lines[2].get_xydata().T
    closed = np.exp(-abs(lags) / 20) - 2 * 5 * 0.02  # either spike meets the trace of the other; one arrival, one alpha
    np.testing.assert_allclose(change, closed, rtol=1e-9, atol=1e-12)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["Vogels"]


def test_what_has_no_window() -> None:
    with pytest.raises(InputError, match=r"^weight_change.rule: ClopathSTDP follows the membrane potential"):
        plotting.plasticity_window(bnsim.ClopathSTDP())
    with pytest.raises(
        InputError, match=r"^plasticity_window.start: changes are relative to it; give weights above zero$"
    ):
        plotting.plasticity_window(bnsim.PairSTDP(), 0 * mV)
    with pytest.raises(
        InputError, match=r"^plasticity_window.longest: 0 s is not a positive time; give a time above 0$"
    ):
        plotting.plasticity_window(bnsim.PairSTDP(), longest=0 * ms)
