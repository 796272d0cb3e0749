"""Arrays from files are held against what they must be; each fault names the array."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bnsim import InputError, Recording, State
from bnsim.expected import NUMBER, REAL, TEXT, WHOLE, Expected, check
from bnsim.growing import GrowingArrays

from .test_kept import recording

EXPECTED = {
    "time": Expected(REAL, ("spikes",), low=0),
    "unit": Expected(WHOLE, ("spikes",), below="units"),
    "name": Expected(TEXT, (), among=("V", "A")),
    "v": Expected(NUMBER, (2, "units"), finite=False),
}
WHOLE_ONES: dict[str, Any] = {
    "time": np.array([0.0, 1.0, 1.5]),
    "unit": np.array([0, 1, 3]),
    "name": np.array("V"),
    "v": np.full((2, 4), np.nan),
}


def test_lengths_are_returned_and_others_are_not_looked_at() -> None:
    assert check({**WHOLE_ONES, "other": np.zeros(3)}, EXPECTED, {"units": 4}) == {"units": 4, "spikes": 3}


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("time", None, "array 'time' is missing"),
        ("time", np.array([0, 1, 2]), "'time' is of type int64, not floating-point numbers"),
        ("time", np.zeros((3, 1)), "'time' is of shape (3, 1), not (spikes)"),
        ("time", np.array([0.0, np.nan, 1]), "'time' holds NaN or infinite values"),
        ("time", np.array([0.0, np.inf, 1]), "'time' holds NaN or infinite values"),
        ("time", np.array([0.0, -0.5, 1]), "'time' holds -0.5, which is not from 0 to inf"),
        ("unit", np.array([0, 1]), "'unit' is of shape (2,), not (spikes 3)"),
        ("unit", np.array([0, 1, 4]), "'unit' holds 4, which is not from 0 to 3"),
        ("unit", np.array([0, 1, -1]), "'unit' holds -1, which is not from 0 to 3"),
        ("name", np.array("W"), "'name' is 'W', not one of 'V', 'A'"),
        ("name", np.array(b"V"), "'name' is of type |S1, not text"),
        ("v", np.zeros((2, 5)), "'v' is of shape (2, 5), not (2, units 4)"),
    ],
)
def test_what_is_not_as_expected(name: str, array: Any, message: str) -> None:
    changed = {key: value for key, value in {**WHOLE_ONES, name: array}.items() if value is not None}
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        check(changed, EXPECTED, {"units": 4})
    assert str(caught.value) == message


def test_what_refers_to_nothing() -> None:
    with pytest.raises(ValueError, match=r"^'unit' refers to units, which there are not$"):
        check({"unit": np.zeros(1, int)}, {"unit": Expected(WHOLE, (1,), below="units")})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"spikes/E/time": None}, "array 'spikes/E/time' is missing"),
        ({"spikes/E/units": None}, ""),
        ({"spikes/E/unit": np.zeros(2)}, "'spikes/E/unit' is of type float64, not whole numbers"),
        ({"spikes/E/unit": np.array([2, 2], np.uint64)}, ""),
        ({"spikes/E/time": np.array([3e-3])}, "'spikes/E/time' is of shape (1,), not (spikes of spikes/E 2)"),
        ({"spikes/E/time": np.array([1e-3, 9.0])}, "Recording.spikes['E'].time: not within the trial of 0 to 0.005 s"),
        ({"spikes/E/trial": np.zeros(2, int), "spikes/E/time": np.array([3e-3, 1e-3])}, "time: not in order"),
        ({"traces/E/v/units": np.array([3])}, "'traces/E/v/units' holds 3, which is not from 0 to 2"),
        ({"traces/X/v/units": np.array([0])}, "array 'traces/X/v/values' is missing"),
        ({"counts/I": np.ones((3, 5), int)}, "'counts/I' is of shape (3, 5), not (n_trials 2, units of I)"),
        ({"dt": np.array(0.0)}, "'dt' holds 0.0, which is not from"),
        ({"duration": np.array(1e300)}, "1e+300 s are more steps of 0.001 s than can be counted"),
        ({"other": np.zeros(1)}, "a recording has no array 'other'"),
        ({"bnsim": np.zeros(3)}, "array 'bnsim' is no name"),
    ],
)
def test_recordings(changes: dict[str, Any], message: str, tmp_path: Path) -> None:
    path = tmp_path / "recording.npz"
    arrays = {**recording().arrays(), **changes}
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    if not message:
        assert Recording.load(path).binned("E", 1e-3).sum() == 2
        return
    with pytest.raises(InputError) as caught:
        Recording.load(path)
    assert str(caught.value).startswith(f"Recording.load: cannot read {path} (")
    assert message in str(caught.value)


def state(**changes: Any) -> dict[str, Any]:
    """Arrays of a state with a synapse from a 2-unit population to a 3-unit one, whose spike is in flight."""
    one = np.zeros(1, np.int32)
    whole = {
        "p.source": one + 1,
        "p.target": one + 2,
        "p.w": np.ones(1),
        "p.delay": np.ones(1),
        "p.unit": np.array("V"),
    }
    whole |= {"p.shape": np.array([2, 3]), "p.in_flight_unit": one, "p.in_flight_age": one + 1}
    return {**whole, "b.positions": np.zeros((3, 2)), "b.v": np.zeros(3), "clock": np.array([5]), **changes}


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("p.target", np.array([3]), "'p.target' holds 3, which is not from 0 to 2"),
        ("p.source", np.array([0, 1]), "'p.target' is of shape (1,), not (synapses of p 2)"),
        ("p.shape", None, "array 'p.shape' is missing"),
        ("p.shape", np.array([2.0, 3.0]), "'p.shape' is of type float64, not whole numbers"),
        ("p.unit", np.array("kg"), "'p.unit' is 'kg', not one of 'V', 'A', 'S', ''"),
        ("p.delay", np.array([-1.0]), "'p.delay' holds -1.0, which is not from 0 to inf"),
        ("p.in_flight_unit", np.array([2]), "'p.in_flight_unit' holds 2, which is not from 0 to 1"),
        ("b.positions", np.zeros(3), "'b.positions' is of shape (3,), not (units of b, dimensions of b)"),
        ("b.v", np.array(["a"]), "'b.v' is of type <U1, not numbers"),
        ("clock", np.array([-1]), "'clock' holds -1, which is not from 0 to inf"),
        ("v", np.zeros(1), "no state has an array 'v'"),
    ],
)
def test_states(name: str, array: Any, message: str, tmp_path: Path) -> None:
    path = tmp_path / "state.npz"
    np.savez(path, **state())
    assert State.load(path).weights("p", matrix=True).shape == (2, 3)
    np.savez(path, **{key: value for key, value in state(**{name: array}).items() if value is not None})
    with pytest.raises(InputError) as caught:
        State.load(path)
    assert f"State.load: cannot read {path} ({message}); give a file" in str(caught.value)


def test_spikes_on_disk_are_checked_when_they_are_looked_at(tmp_path: Path) -> None:
    """Not on loading: there may be more than memory holds."""
    writer = GrowingArrays(tmp_path)
    for name, rows in (
        ("counts/E", np.array([[1, 1]])),
        ("spikes/E/unit", np.array([0, 5])),
        ("spikes/E/time", np.array([0.0, 0.001])),
    ):
        writer.append(name, rows)
    writer.put("spikes/E/units", np.arange(2), 0)
    writer.commit({"dt": 0.001, "first_step": 0, "steps": 4}, {})
    found = Recording.load(tmp_path)
    looks: list[Callable[[], object]] = [
        lambda: found.binned("E", 0.002),
        lambda: found.window(0.0, 0.002),
        lambda: found.spike_trains("E"),
        found._repr_html_,
        lambda: found.to_neo().segments[0].spiketrains[0],
        lambda: found.to_nwb(tmp_path / "recording.nwb"),
    ]
    for look in looks:
        with pytest.raises(InputError, match=r"^Recording.spikes\['E'\].unit: no unit 5; there are units 0 to 1$"):
            look()


def test_a_matrix_that_memory_does_not_hold(tmp_path: Path) -> None:
    np.savez(tmp_path / "state.npz", **state(**{"p.shape": np.array([10**7, 10**7])}))
    with pytest.raises(InputError, match=r"^State.weights\(matrix\): 8e\+05 GB are more than fit into memory; take"):
        State.load(tmp_path / "state.npz").weights("p", matrix=True)


def test_more_bins_than_memory_holds() -> None:
    found = recording(duration=1e9)
    with pytest.raises(
        InputError, match=r"^Recording.binned\(bin_width\): 1.6e\+04 GB are more than fit into memory; give wider"
    ):
        found.binned("E", 1e-3)
