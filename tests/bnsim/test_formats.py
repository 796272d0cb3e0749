"""Recordings in the formats of other programs, where these need not be imported."""

from __future__ import annotations

import pickle
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import quantities as pq

from bnsim import InputError, Recording, SampledTrace, SpikeTimes
from bnsim.recording import neo_block
from bnsim.recording.grouped import by_unit


def test_grouping_part_by_part(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By hand: unit 3 fires at 0, 2 and 5, unit 1 at 1 and 5, unit 2 never."""
    monkeypatch.setattr("bnsim.parts.AT_ONCE", 2)
    np.save(tmp_path / "time.npy", np.array([0.0, 1, 2, 5, 5]))
    time = np.load(tmp_path / "time.npy", mmap_mode="r")
    spikes = SpikeTimes(np.array([0, 0, 0, 0, 0]), np.array([3, 1, 3, 3, 1]), time, np.array([3, 2, 1]))
    grouped = by_unit(spikes)
    assert isinstance(grouped.times, np.memmap)
    assert [grouped.of(place).tolist() for place in range(3)] == [[0, 2, 5], [], [1, 5]]
    later = by_unit(replace(spikes, trial=np.array([0, 0, 1, 1, 1])), period=10.0)
    assert later.of(0).tolist() == [0, 12, 15]
    assert by_unit(replace(spikes, trial=np.array([0, 0, 1, 1, 1])), trial=1).of(0).tolist() == [2, 5]


def test_without_pynwb(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pynwb", None)
    monkeypatch.delitem(sys.modules, "bnsim.recording.nwb_writing", raising=False)
    with pytest.raises(InputError, match=r"^Recording\.to_nwb: needs pynwb .*; pip install 'bnsim\[nwb\]'$"):
        Recording(1.0, 1e-3, np.zeros(1, np.uint64), {}).to_nwb(tmp_path / "run.nwb")


def two_populations() -> Recording:
    """From 1 s to 1.01 s: unit 3 of "E" fires at 1.002 and 1.005 s, unit 1 at 1.004 s; those of "I" are silent."""
    one = SpikeTimes(np.zeros(3, int), np.array([3, 1, 3]), np.array([1.002, 1.004, 1.005]), np.array([3, 1]))
    two = SpikeTimes(np.zeros(0, int), np.zeros(0, int), np.zeros(0), np.arange(2))
    counts = {"E": np.array([[0, 1, 0, 2]]), "I": np.zeros((1, 2), int)}
    return Recording(0.01, 1e-3, np.zeros(1, np.uint64), counts, {"E": one, "I": two}, start=1.0)


def test_neo_makes_a_train_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    made, make = [], neo_block._train
    monkeypatch.setattr(neo_block, "_train", lambda *given: made.append(given[2]) or make(*given))
    (segment,) = two_populations().to_neo(positions={"E": np.arange(8).reshape(4, 2) * 1e-6}).segments
    trains = segment.spiketrains
    assert (len(trains), str(trains), trains.all_channel_ids) == (4, "<4 spike trains>", [0, 1, 2, 3])
    places, times = trains.multiplexed
    assert places.tolist() == [0, 0, 1]
    assert (times.magnitude.tolist(), times.units) == ([1.002, 1.005, 1.004], pq.s)
    assert [float(time) for time in (trains.t_start, trains.t_stop)] == [1.0, 1.01]
    assert not made
    train = trains[-3]
    assert made == [1]
    assert train.rescale(pq.s).magnitude.tolist() == [1.004]
    assert train.segment is segment
    position = train.annotations.pop("position")
    assert position.rescale(pq.um).magnitude.tolist() == pytest.approx([2, 3])
    assert train.annotations == {"population": "E", "unit": 1}
    assert [len(found) for found in trains[:2]] == [2, 1]
    assert [found.annotations["unit"] for found in trains] == [3, 1, 0, 1]
    assert "position" not in trains[2].annotations
    with pytest.raises(IndexError):
        trains[4]


def test_a_changed_list_of_neo_is_an_ordinary_one() -> None:
    """Whatever Neo's own list can do, this one can."""
    (segment,) = two_populations().to_neo().segments
    (other,) = two_populations().to_neo().segments
    assert float(segment.t_start) == 1.0  # Neo adds lists for it
    segment.spiketrains[0].annotate(kept=True)
    segment.spiketrains.append(other.spiketrains[0])
    assert len(segment.spiketrains) == 5
    assert segment.spiketrains[4].segment is segment
    assert segment.spiketrains[0].annotations["kept"]
    assert segment.spiketrains.multiplexed[0].tolist() == [0, 0, 1, 4, 4]
    assert len(other.spiketrains + other.spiketrains) == 8
    copied = pickle.loads(pickle.dumps(other)).spiketrains
    assert [train.annotations["unit"] for train in copied] == [3, 1, 0, 1]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The 'copy' argument in Quantity is deprecated")  # by Elephant
def test_elephant_takes_lists_of_trains() -> None:
    from elephant.conversion import BinnedSpikeTrain

    found = two_populations()
    binned = BinnedSpikeTrain(found.to_neo().segments[0].spiketrains, bin_size=1 * pq.ms).to_array()
    expected = np.concatenate([found.binned(name, 1e-3)[0] for name in found.spikes], axis=1)
    np.testing.assert_array_equal(binned, expected.T)


def test_pandas_has_a_row_a_spike() -> None:
    pd = pytest.importorskip("pandas")
    found = two_populations().to_pandas()
    assert found.to_dict("list") == {
        "population": ["E", "E", "E"],
        "trial": [0, 0, 0],
        "unit": [3, 1, 3],
        "time": [1.002, 1.004, 1.005],
    }
    assert list(found["population"].cat.categories) == ["E", "I"]
    counts = found.groupby(["population", "unit"], observed=True).size()
    pd.testing.assert_series_equal(counts, pd.Series([1, 2], counts.index))
    trials = Recording(0.01, 1e-3, np.array([7, 9], np.uint64), {"E": np.array([[1], [1]])})
    spikes = SpikeTimes(np.array([0, 1]), np.array([0, 0]), np.array([1e-3, 2e-3]))
    assert replace(trials, spikes={"E": spikes}).to_pandas()["trial"].tolist() == [7, 9]
    assert trials.to_pandas().empty


def test_xarray_names_what_is_what(tmp_path: Path) -> None:
    """Values, by hand: ten times the trial's index plus the sample's, plus a tenth for the second unit."""
    pytest.importorskip("xarray")
    values = 10.0 * np.arange(2)[:, None, None] + np.arange(3)[:, None] + np.array([0, 0.1])
    np.save(tmp_path / "v.npy", values)
    mapped = np.load(tmp_path / "v.npy", mmap_mode="r")
    traces = {"v": SampledTrace(mapped, np.array([0, 2e-3, 4e-3]), "V", np.array([2, 0]))}
    traces["x"] = SampledTrace(values[:, :1, :1], np.zeros(1), "", np.array([1]))
    weights = {"E_to_E": SampledTrace(values, np.array([0, 2e-3, 4e-3]), "A", np.array([0, 8]))}
    trials, counts = np.array([7, 9], np.uint64), {"E": np.array([[4, 0, 2], [0, 0, 1]])}
    found = Recording(5e-3, 1e-3, trials, counts, {}, {"E": traces}, weights=weights)
    tree = found.to_xarray(positions={"E": [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]})
    assert dict(tree.attrs) == {"dt": 1e-3, "start": 0.0, "duration": 5e-3}
    v = tree["E/v/v"]
    assert (v.dims, v.attrs["units"], v["time"].attrs["units"]) == (("trial", "time", "unit"), "V", "s")
    assert float(v.sel(trial=9, time=2e-3, unit=0)) == 11.1
    assert v.sel(unit=0)["position_x"].item() == 0.0
    assert v["position_y"].values.tolist() == [5.0, 1.0]
    assert np.shares_memory(v.values, mapped)
    assert tree["E/x/x"].attrs["units"] == "1"
    assert tree["E/counts/counts"].sel(trial=7).values.tolist() == [4, 0, 2]
    assert float(tree["E_to_E/weights/weights"].sel(trial=7, synapse=8).mean("time")) == pytest.approx(1.1)
    frame = v.to_dataframe()
    assert frame.loc[(9, 4e-3, 2), "v"] == 12.0


def test_without_xarray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(InputError, match=r"^Recording\.to_xarray: needs xarray .*; pip install 'bnsim\[xarray\]'$"):
        two_populations().to_xarray()
