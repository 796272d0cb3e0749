"""Recordings in NWB files: what pynwb, Neo and pynapple read there, and what is refused."""

from __future__ import annotations

import re
import resource
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from bnsim import InputError, MachineError, Recording, SampledTrace, SpikeTimes

pytestmark = [
    pytest.mark.slow,  # each file takes a second, and pynwb's import five
    pytest.mark.skipif(find_spec("pynwb") is None, reason="needs pynwb"),
]


def trials() -> Recording:
    """Two trials of 5 ms: units 2 and 0 of "E" were recorded; 0 is silent, and the spikes of "I" were only counted."""
    spikes = SpikeTimes(np.array([0, 0, 1]), np.array([2, 2, 2]), np.array([1e-3, 4e-3, 3e-3]), np.array([2, 0]))
    values = np.arange(20.0).reshape(2, 5, 2)
    traces = {"v": SampledTrace(values, np.arange(5) * 1e-3, "V", np.array([2, 1]))}
    traces["x"] = SampledTrace(values[:, :2], np.array([0.0, 4e-3]), "", np.array([0, 1]))
    weights = SampledTrace(np.full((2, 1, 3), np.nan), np.zeros(1), "A", np.array([0, 1, 7]))
    counts = {"E": np.array([[4, 0, 2], [0, 0, 1]]), "I": np.array([[1, 2], [3, 4]])}
    numbers, shown = np.array([7, 9], np.uint64), np.array([1, 3])
    return Recording(5e-3, 1e-3, numbers, counts, {"E": spikes}, {"E": traces}, shown, {"E_to_E": weights})


def continuous() -> Recording:
    """From 2 s to 3 s in steps of 0.1 ms: units 0 and 1 of "A", all of "B", with a trace each millisecond."""
    steps = np.array([20000, 20003, 25000, 25000, 29999])
    one = SpikeTimes(np.zeros(5, int), np.array([1, 0, 0, 1, 0]), steps * 1e-4, np.array([0, 1]))
    two = SpikeTimes(np.zeros(0, int), np.zeros(0, int), np.zeros(0), np.arange(3))
    trace = SampledTrace(np.zeros((1, 100, 1), np.float32), np.arange(20000, 30000, 100) * 1e-4, "S", np.array([2]))
    counts = {"A": np.array([[3, 2]]), "B": np.zeros((1, 3), int)}
    trial = np.zeros(1, np.uint64)
    return Recording(1.0, 1e-4, trial, counts, {"A": one, "B": two}, {"B": {"g": trace}}, start=2.0)


def on_disk(recording: Recording, folder: Path) -> Recording:
    """The same recording with spikes and traces that are mapped."""
    spikes = {}
    for name, found in recording.spikes.items():
        np.save(folder / f"{name}.npy", found.time)
        time = np.load(folder / f"{name}.npy", mmap_mode="r" if len(found) else None)
        spikes[name] = SpikeTimes(np.broadcast_to(np.int64(0), len(found)), found.unit, time, found.units)
    return replace(recording, spikes=spikes)


@pytest.mark.parametrize("found", [trials(), continuous(), replace(trials(), spikes={}, traces={}, weights={})])
def test_files_give_back_the_same_recording(found: Recording, tmp_path: Path) -> None:
    found.to_nwb(tmp_path / "one.nwb")
    assert Recording.from_nwb(tmp_path / "one.nwb") == found
    found.to_nwb(tmp_path / "two.nwb")
    assert (tmp_path / "one.nwb").read_bytes() == (tmp_path / "two.nwb").read_bytes()


def test_windows_and_runs_on_disk(tmp_path: Path) -> None:
    """A window holds the sizes of its populations, and the counts of those all of whose units were recorded."""
    found = on_disk(continuous(), tmp_path).window(2.0001, 2.6)
    assert isinstance(found.spikes["A"].time, np.memmap)
    found.to_nwb(tmp_path / "run.nwb")
    assert Recording.from_nwb(tmp_path / "run.nwb") == replace(found, sizes={})
    of_trials = trials().window(1e-3, 4e-3)
    of_trials.to_nwb(tmp_path / "run.nwb")
    traces = {"E": {"v": of_trials.trace("E", "v")}}  # the others have no sample in the window
    assert Recording.from_nwb(tmp_path / "run.nwb") == replace(of_trials, traces=traces, weights={})


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("nwb") / "trials.nwb"
    trials().to_nwb(path, identifier="a run", positions={"E": [[0, 1e-4], [0, 2e-4], [0, 3e-4]]})
    return path


def test_pynwb_reads_what_was_recorded(written: Path) -> None:
    """The second trial begins at 5 ms."""
    import pynwb

    with pynwb.NWBHDF5IO(written, "r") as io:
        file = io.read()
        units = file.units.to_dataframe()
        np.testing.assert_allclose(units["spike_times"][0], [1e-3, 4e-3, 8e-3])
        assert units["spike_times"][1].tolist() == []
        assert units["unit"].tolist() == [2, 0]
        assert units["population"].tolist() == ["E", "E"]
        np.testing.assert_allclose(np.stack(units["position"]), [[0, 3e-4], [0, 1e-4]])
        np.testing.assert_allclose(units["obs_intervals"][0], [[0, 10e-3]])
        assert file.units.resolution == 1e-3
        v, x = file.acquisition["E.v"], file.acquisition["E.x"]
        np.testing.assert_array_equal(v.data, np.arange(20.0).reshape(10, 2))
        assert (v.unit, v.rate, v.starting_time) == ("V", pytest.approx(1000), 0.0)
        np.testing.assert_allclose(x.timestamps, [0, 4e-3, 5e-3, 9e-3])
        table = file.trials.to_dataframe()
        np.testing.assert_allclose(table[["start_time", "stop_time"]], [[0, 5e-3], [5e-3, 10e-3]])
        assert table["number"].tolist() == [7, 9]
        counts = file.processing["misc"]["spike_counts"].to_dataframe()
        assert [row.tolist() for row in counts["count"]] == [[4, 0], [0, 0], [2, 1], [1, 3], [2, 4]]
        assert (file.identifier, file.session_start_time) == ("a run", datetime(2000, 1, 1, tzinfo=UTC))


def test_files_are_valid(written: Path, tmp_path: Path) -> None:
    import pynwb

    continuous().to_nwb(tmp_path / "run.nwb")
    for path in (written, tmp_path / "run.nwb"):
        assert not pynwb.validate(path=path)


def test_nwbinspector_misses_only_what_a_simulation_does_not_know(tmp_path: Path) -> None:
    import pynwb

    nwbinspector = pytest.importorskip("nwbinspector")
    long = SampledTrace(np.sin(np.arange(1e4)).reshape(1, -1, 1), np.arange(20000, 30000) * 1e-4, "V", np.array([1]))
    found = replace(continuous(), traces={"A": {"v": long}})
    found.to_nwb(tmp_path / "plain.nwb")
    messages = nwbinspector.inspect_nwbfile(nwbfile_path=tmp_path / "plain.nwb")
    names = {message.check_function_name for message in messages}
    assert names == {f"check_{what}" for what in ("subject_exists", "experimenter_exists", "institution", "keywords")}
    subject = pynwb.file.Subject(
        subject_id="network", species="Mus musculus", sex="U", age="P0D/", description="A simulated network."
    )
    metadata = {"experimenter": ["Hopper, Grace"], "institution": "A university", "subject": subject}
    metadata |= {"keywords": ["simulation"]}  # Neo 0.14 cannot read files that have some
    found.to_nwb(tmp_path / "whole.nwb", metadata=metadata)
    assert not list(nwbinspector.inspect_nwbfile(nwbfile_path=tmp_path / "whole.nwb"))


def test_neo_reads_what_was_recorded(tmp_path: Path) -> None:
    import neo

    found = continuous()
    found.to_nwb(tmp_path / "run.nwb")
    (segment,) = neo.io.NWBIO(str(tmp_path / "run.nwb"), "r").read_block().segments
    expected = [train for name in "AB" for train in found.spike_times(name).trains(0)]
    for train, times in zip(segment.spiketrains, expected, strict=True):
        np.testing.assert_allclose(train.rescale("s").magnitude, times, atol=1e-12)
        assert [float(t.rescale("s")) for t in (train.t_start, train.t_stop)] == [2.0, 3.0]
    (signal,) = segment.analogsignals
    np.testing.assert_array_equal(signal.magnitude, found.trace("B", "g").values[0])
    assert signal.dimensionality.string == "S"
    np.testing.assert_allclose(signal.times.rescale("s").magnitude, found.trace("B", "g").times)


def test_pynapple_reads_what_was_recorded(tmp_path: Path) -> None:
    pynapple = pytest.importorskip("pynapple")
    found = trials()
    found.to_nwb(tmp_path / "trials.nwb")
    data = pynapple.load_file(str(tmp_path / "trials.nwb"))
    units = data["units"]
    np.testing.assert_allclose(units[0].t, [1e-3, 4e-3, 8e-3], atol=1e-9)
    assert units["unit"].tolist() == [2, 0]
    np.testing.assert_array_equal(data["E.v"].values, np.arange(20.0).reshape(10, 2))
    with pytest.warns(UserWarning, match="Some starts and ends are equal. Removing 1 microsecond"):  # of each trial
        of_trials = data["trials"]
    np.testing.assert_allclose(of_trials.values, [[0, 5e-3], [5e-3, 10e-3]], atol=1.1e-6)
    assert of_trials["number"].tolist() == [7, 9]
    of_second = units[0].restrict(of_trials[1])
    np.testing.assert_allclose(of_second.t - 5e-3, found.spike_times("E").trains(1)[0], atol=1e-9)


def _note(file: Any, old: str, new: str) -> None:
    text = file["general/notes"].asstr()[()]
    assert old in text
    del file["general/notes"]
    file["general/notes"] = text.replace(old, new)


def _instead(place: str, array: Any) -> Callable[[Any], None]:
    def change(file: Any) -> None:
        attributes = dict(file[place].attrs)
        del file[place]
        file[place] = array
        file[place].attrs.update({name: value for name, value in attributes.items() if name == "unit"})

    return change


def _linked(file: Any) -> None:
    del file["units/spike_times"]
    file["units/spike_times"] = h5py.ExternalLink("/etc/passwd", "/x")


def _elsewhere(file: Any) -> None:
    del file["units/spike_times"]
    file["units"].create_dataset("spike_times", (3,), float, external=[("/etc/passwd", 0, 24)])


def _huge(file: Any) -> None:
    del file["acquisition/E.v/data"]
    file["acquisition/E.v"].create_dataset("data", (2**40, 2**10), chunks=(64, 64), compression="gzip")


DAMAGES: dict[str, Callable[[Any], None]] = {
    "general/notes is missing": lambda file: file.__delitem__("general/notes"),
    "general/notes: entry 'version' is 2: input should be 1": lambda file: _note(file, '"version": 1', '"version": 2'),
    "general/notes: entry 'dt' is 0: input should be greater than 0": lambda file: _note(
        file, '"dt": 0.001', '"dt": 0'
    ),
    "general/notes: 0.005 s are no number of steps of 1e-300 s": lambda file: _note(
        file, '"dt": 0.001', '"dt": 1e-300'
    ),
    "general/notes: ranges of units do not hold 2, as the series has": lambda file: _note(
        file, "[[2, 2], [1, 1]]", "[[0, 99999999999]]"
    ),
    "'traces/E/v/units' holds 3, which is not from 0 to 2": lambda file: _note(file, "[[2, 2], [1, 1]]", "[[2, 3]]"),
    "units/spike_times is a link to elsewhere": _linked,
    "units/spike_times lies in another file": _elsewhere,
    "units/spike_times is missing": lambda file: file["units"].__delitem__("spike_times"),
    "'spike_times' holds NaN or infinite values": _instead("units/spike_times", np.array([np.nan, 0, 0])),
    "units/spike_times holds times that are not within the recording": _instead("units/spike_times", [0, 0, 0.01]),
    "units/spike_times_index is not in order, or not of all spikes": _instead("units/spike_times_index", [3, 2]),
    "'spike_times_index' holds 4, which is not from 0 to 3": _instead("units/spike_times_index", [3, 4]),
    "'spike_times_index' is of shape (2,), not (rows 3)": _instead("units/unit", [0, 1, 2]),
    "units/population holds 'X', which is no population": _instead("units/population", ["E", "X"]),
    "units/unit is of type object, not numbers": _instead("units/unit", ["0", "1"]),
    "acquisition/E.v/data has no unit": lambda file: file["acquisition/E.v/data"].attrs.__delitem__("unit"),
    "'acquisition/E.v' is of shape (9, 2), not (10, units)": _instead("acquisition/E.v/data", np.zeros((9, 2))),
}


@pytest.mark.parametrize("message", DAMAGES)
def test_damaged_and_hostile_files_get_one_line(message: str, written: Path, tmp_path: Path) -> None:
    path = tmp_path / "bad.nwb"
    path.write_bytes(written.read_bytes())
    with h5py.File(path, "r+") as file:
        DAMAGES[message](file)
    with pytest.raises(InputError, match=re.escape(f"({message})")) as caught:
        Recording.from_nwb(path)
    text = str(caught.value)
    assert text == f"Recording.from_nwb: cannot read {path} ({message}); give a file written by Recording.to_nwb"


def test_sizes_are_compared_with_the_limit_first(written: Path, tmp_path: Path) -> None:
    path = tmp_path / "bad.nwb"
    path.write_bytes(written.read_bytes())
    with h5py.File(path, "r+") as file:
        _huge(file)
    with pytest.raises(InputError, match=r"bad\.nwb: holds .* GB, more than the 1\.07 GB that are read; if you trust"):
        Recording.from_nwb(path)


def cut_off(written: Path) -> Iterator[bytes]:
    content = written.read_bytes()
    yield from (b"", b"no HDF5", content[: len(content) // 2], content[:2000])


def test_files_that_are_cut_off_or_none_at_all(written: Path, tmp_path: Path) -> None:
    path = tmp_path / "bad.nwb"
    for content in cut_off(written):
        path.write_bytes(content)
        with pytest.raises(
            InputError, match=r"^Recording\.from_nwb: cannot read .*bad\.nwb \([^\n]*\); give a file [^\n]*$"
        ):
            Recording.from_nwb(path)
    with pytest.raises(InputError, match=r"nothere\.nwb \(\[Errno 2\] Unable to .*; give a file written by"):
        Recording.from_nwb(tmp_path / "nothere.nwb")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"path": "run.h5"}, "(path): run.h5 does not end in .nwb; give such a name"),
        (
            {"start_time": datetime(2020, 1, 1)},
            "(start_time): 2020-01-01 00:00:00 has no time zone; give one, such as datetime.UTC",
        ),
        ({"positions": {"X": [[0]]}}, "(positions): unknown population 'X'; the recording holds 'E', 'I'"),
        (
            {"positions": {"E": [[0]]}},
            "(positions): of shape (1, 1) for the 3 units of 'E'; give (n_units, n_dimensions)",
        ),
        (
            {"metadata": {"colour": 1}},
            ": pynwb refuses it (NWBFile.__init__: unrecognized argument: 'colour'); give another name or value",
        ),
    ],
)
def test_what_is_refused(changes: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        trials().to_nwb(**{"path": tmp_path / "run.nwb", **changes})
    assert str(caught.value) == f"Recording.to_nwb{message}"
    assert not list(tmp_path.iterdir())


def test_a_full_disk_gets_one_line_and_leaves_what_was_there(tmp_path: Path) -> None:
    """HDF5 by itself would end the process."""
    path = tmp_path / "run.nwb"
    path.write_bytes(b"before")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    for most in (0, 1000, 50_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, limits[1]))
        try:
            with pytest.raises(MachineError) as caught:
                trials().to_nwb(path)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        reason = "File too large); give a folder that exists and has room"
        assert str(caught.value) == f"Recording.to_nwb: cannot write {path} ({reason}"
        assert [found.read_bytes() for found in tmp_path.iterdir()] == [b"before"]


def test_a_name_with_a_slash(tmp_path: Path) -> None:
    found = Recording(0.01, 1e-3, np.zeros(1, np.uint64), {"a/b": np.zeros((1, 1), int)})
    trace = SampledTrace(np.zeros((1, 2, 1)), np.array([0, 1e-3]), "V", np.array([0]))
    with pytest.raises(InputError, match=r"^Recording\.to_nwb: pynwb refuses it \(name 'a/b.v' cannot contain a '/'"):
        replace(found, traces={"a/b": {"v": trace}}).to_nwb(tmp_path / "run.nwb")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match=r"^Recording\.to_nwb: cannot write .*run\.nwb \(.*\); give a folder that"):
        trials().to_nwb(tmp_path / "none" / "run.nwb")
