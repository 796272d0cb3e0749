"""Times: plain seconds and quantities mean the same; everything else is one line that names the culprit."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import quantities as pq
from brian2 import Quantity, ms, mV, second

from bnsim.errors import InputError
from bnsim.times import duration, numbers, positive, seconds, spike_times


@pytest.mark.parametrize("value", [0.005, np.float64(0.005), np.array(0.005), 5 * ms, 0.005 * second, 5 * pq.ms])
def test_one_time(value: object) -> None:
    found = seconds("width", value)  # type: ignore[arg-type]
    assert type(found) is float
    assert found == pytest.approx(0.005, rel=1e-12)


@pytest.mark.parametrize(
    "values", [[0.001, 0.002], (0.001, 0.002), [1, 2] * ms, [1 * ms, 2 * ms], [1 * ms, 0.002], [1, 2] * pq.ms]
)
def test_spike_times(values: object) -> None:
    found = spike_times("times", values)  # type: ignore[arg-type]
    assert type(found) is np.ndarray
    np.testing.assert_allclose(found, [0.001, 0.002], rtol=1e-12)


@pytest.mark.parametrize("value", [5 * ms, np.float64(5) * ms, 5 * pq.ms])
def test_duration(value: object) -> None:
    assert duration("run", value) == pytest.approx(0.005, rel=1e-12)


def test_no_spikes() -> None:
    assert spike_times("times", []).shape == (0,)


REMEDY = "give seconds or a quantity such as 5 ms"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: seconds("width", 5 * mV), f"width: V is no unit of time; {REMEDY}"),
        (lambda: seconds("width", 5 * pq.mV), f"width: mV is no unit of time; {REMEDY}"),
        (
            lambda: seconds("width", Quantity(5.0)),
            f"width: 5. is a quantity without a unit; {REMEDY}",
        ),
        (lambda: seconds("width", "5"), f"width: '5' is no array of numbers; {REMEDY}"),
        (lambda: seconds("width", None), f"width: None is no array of numbers; {REMEDY}"),
        (lambda: seconds("width", True), f"width: True is no array of numbers; {REMEDY}"),
        (lambda: seconds("width", [0.1, 0.2]), f"width: an array of shape (2,) is not a single time; {REMEDY}"),
        (lambda: seconds("width", float("nan")), f"width: nan is not finite; {REMEDY}"),
        (lambda: duration("run", 0.5), "run: 0.5 has no unit; give 0.5 * ms or 0.5 * second"),
        (lambda: duration("run", Quantity(5.0)), "run: 5.0 has no unit; give 5.0 * ms or 5.0 * second"),
        (lambda: duration("run", True), "run: True is not a single time; give a quantity such as 300 * ms"),
        (
            lambda: duration("run", [1, 2]),
            "run: an array of shape (2,) is not a single time; give a quantity such as 300 * ms",
        ),
        (lambda: duration("run", 5 * mV), f"run: V is no unit of time; {REMEDY}"),
        (lambda: positive("width", 0 * ms), "width: 0 s is not a positive time; give a time above 0"),
        (lambda: spike_times("times", 0.1), "times: 0.1 is no row of spike times; give a one-dimensional array"),
        (
            lambda: spike_times("times", [[0.1]]),
            "times: an array of shape (1, 1) is no row of spike times; give a one-dimensional array",
        ),
        (lambda: spike_times("times", [[0.1], []]), f"times: a ragged list is no array of numbers; {REMEDY}"),
        (lambda: spike_times("times", ["0.1"]), f"times: an array of text is no array of numbers; {REMEDY}"),
        (lambda: spike_times("times", [0.1, None]), f"times: an array of objects is no array of numbers; {REMEDY}"),
        (lambda: spike_times("times", [np.nan]), "times: the times hold NaN or infinite values; remove them first"),
        (lambda: spike_times("times", [1, 2] * mV), f"times: V is no unit of time; {REMEDY}"),
        (lambda: spike_times("times", [1 * mV, 2 * mV]), f"times: V is no unit of time; {REMEDY}"),
        (
            lambda: spike_times("times", [0.2, -0.1]),
            "times: a spike at -0.1 s precedes the trial; shift the times so that the trial starts at 0",
        ),
        (
            lambda: numbers("units", [1j], "whole numbers"),
            "units: an array of complex numbers is no array of numbers; give whole numbers",
        ),
    ],
)
def test_what_is_no_time_is_named(call, message: str) -> None:
    with pytest.raises(InputError) as caught:
        call()
    assert str(caught.value) == message


def test_stored_spikes_are_read_and_drawn_without_brian2() -> None:
    code = "import bnsim.measures, bnsim.plotting, sys; assert 'brian2' not in sys.modules"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
