"""A recording of one's own: what is read from files, what is refused, and a small run on a cell that is known."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import neo
import numpy as np
import pytest
import quantities as pq

from bnsim.arrays import FloatArray
from bnsim.errors import InputError
from experiments.classics.receptor import CLASSIC, OWN, Config, cells, figure
from experiments.classics.receptor.courses import Course, stimulus_and_spikes
from experiments.classics.receptor.measure import FITS
from experiments.classics.receptor.own import load_own
from tests.experiments.classics.receptor.test_receptor import DT, REFRACTORY, stimulus
from tests.experiments.classics.runs import run_tiny

needs_pynwb = pytest.mark.skipif(find_spec("pynwb") is None, reason="needs pynwb")
SPIKES = np.array([0.9, 1.2, 1.7, 2.2, 2.7, 9.0])
"""Times in s, of which the first comes before the stimulus and the last after it."""


def signal(values: FloatArray, rate: float = 100.0, name: str | None = "sound") -> neo.AnalogSignal:
    return neo.AnalogSignal(values, units="mV", sampling_rate=rate * pq.Hz, t_start=1 * pq.s, name=name)


def train(times: FloatArray, name: str | None = "cell") -> neo.SpikeTrain:
    return neo.SpikeTrain(times * pq.s, t_start=0 * pq.s, t_stop=20 * pq.s, name=name)


def written(folder: Path, signals: list[Any], trains: list[Any]) -> str:
    """A file that Neo reads."""
    block, segment = neo.Block(), neo.Segment()
    block.segments.append(segment)
    for each in signals:
        (segment.analogsignals if hasattr(each, "sampling_rate") else segment.irregularlysampledsignals).append(each)
    segment.spiketrains.extend(trains)
    path = folder / "recording.mat"
    neo.io.NeoMatlabIO(str(path)).write_block(block)
    return str(path)


WAVE = np.sin(np.arange(650))
"""6.5 s at 100 Hz."""


def test_a_file_that_neo_reads(tmp_path: Path) -> None:
    path = written(tmp_path, [signal(WAVE)], [train(SPIKES)])
    course, times = stimulus_and_spikes(Path(path), None, None)
    assert (course.start, course.interval) == pytest.approx((1000.0, 10.0))
    np.testing.assert_allclose(course.values, WAVE)
    np.testing.assert_allclose(times, 1e3 * SPIKES)
    found = load_own(path, "sound", "cell", 0.5)
    assert found.channels.shape == (12_000, 1)  # 6 whole seconds
    assert np.flatnonzero(found.spikes).tolist() == [400, 1400, 2400, 3400]  # since the stimulus began
    expected = np.repeat(WAVE[:600], 20)
    np.testing.assert_allclose(found.level, (expected - expected.mean()) / expected.std())
    np.testing.assert_array_equal(found.channels[:, 0], found.level)


def test_a_step_has_the_mean_over_its_time_whatever_the_rate(tmp_path: Path) -> None:
    """Samples every 0.4 ms in steps of 0.5 ms: the second step has 0.3 ms of the second and 0.2 ms of the third."""
    values = np.random.default_rng(0).normal(size=15_000)
    path = written(tmp_path, [signal(values, 2500.0)], [train(SPIKES)])
    found = load_own(path, None, None, 0.5)
    first = np.array([0.8 * values[0] + 0.2 * values[1], 0.6 * values[1] + 0.4 * values[2]])
    scaled = np.polynomial.Polynomial.fit(first, found.level[:2], 1)
    third = 0.4 * values[2] + 0.6 * values[3]
    assert scaled(third) == pytest.approx(found.level[2])


def test_one_of_several(tmp_path: Path) -> None:
    both = np.stack([WAVE, 2 * WAVE[::-1]], axis=1)
    path = Path(
        written(tmp_path, [signal(both), signal(WAVE, name=None)], [train(SPIKES, "a"), train(SPIKES[:3], "b")])
    )
    course, times = stimulus_and_spikes(path, "sound[1]", "b")
    np.testing.assert_allclose(course.values, both[:, 1])
    np.testing.assert_allclose(times, 1e3 * SPIKES[:3])
    np.testing.assert_allclose(stimulus_and_spikes(path, "1", "a")[0].values, WAVE)
    for name, unit, message in (
        (None, "a", r"^receptor\.signal: the file holds 3 signals; give one of sound\[0\], sound\[1\], 1$"),
        (
            "sound",
            "a",
            r"^receptor\.signal: no signal 'sound'; did you mean 'sound\[1\]'\? choose from sound",
        ),
        ("1", None, r"^receptor\.unit: the file holds 2 neurons with spike times; give one of a, b$"),
        ("1", "c", r"^receptor\.unit: no neuron with spike times 'c'; choose from a, b$"),
    ):
        with pytest.raises(InputError, match=message):
            stimulus_and_spikes(path, name, unit)


def test_a_name_may_be_the_number_of_another(tmp_path: Path) -> None:
    waves = [signal(WAVE, name="1"), signal(2 * WAVE, name=None), signal(3 * WAVE, name="sound")]
    path = Path(written(tmp_path, waves, [train(SPIKES)]))
    for place, wanted in enumerate((WAVE, 2 * WAVE, 3 * WAVE)):
        np.testing.assert_allclose(stimulus_and_spikes(path, str(place), None)[0].values, wanted)


def test_stimulus_and_spikes_are_of_one_segment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(written(tmp_path, [signal(WAVE)], [train(SPIKES)]))
    block, silent, other = neo.Block(), neo.Segment(), neo.Segment()
    silent.analogsignals.append(signal(5 * WAVE))
    for segment in (neo.Segment(), silent, other):
        block.segments.append(segment)
    block.segments[0].analogsignals.append(signal(WAVE))
    block.segments[0].spiketrains.append(train(SPIKES))
    monkeypatch.setattr(neo.io, "get_io", lambda name: SimpleNamespace(read=lambda: [block]))
    np.testing.assert_allclose(stimulus_and_spikes(path, None, None)[0].values, WAVE)
    other.spiketrains.append(train(SPIKES))
    with pytest.raises(InputError, match=r"^receptor\.recording: the file holds 2 segments with spikes, and one"):
        stimulus_and_spikes(path, None, None)


def at_times(times: FloatArray) -> neo.IrregularlySampledSignal:
    return neo.IrregularlySampledSignal(times, WAVE, units="mV", time_units="ms", name="sound")


def test_times_that_are_regular_but_for_rounding(tmp_path: Path) -> None:
    path = Path(written(tmp_path, [at_times(1000 + np.round(10.01 * np.arange(650), 1))], [train(SPIKES)]))
    course, _ = stimulus_and_spikes(path, None, None)
    assert (course.start, course.interval) == pytest.approx((1000, 10.01), rel=1e-4)


@pytest.mark.parametrize(
    ("signals", "trains", "message"),
    [
        ([], [train(SPIKES)], r"^receptor\.recording: the file holds no signal; give one with it$"),
        ([signal(WAVE)], [], r"^receptor\.recording: the file holds no neuron with spike times; give one with it$"),
        (
            [at_times(10 * np.arange(650) ** 1.01)],
            [train(SPIKES)],
            r"^receptor\.signal: sound was sampled at unequal times; give a signal at a regular rate$",
        ),
        ([signal(WAVE[:550])], [train(SPIKES)], r"^receptor\.recording: the stimulus lasts 5\.5 s; give at least 6$"),
        ([signal(np.full(650, 0.1))], [train(SPIKES)], r"^receptor\.signal: the stimulus does not vary; give another "),
        (
            [signal(np.where(np.arange(650) == 9, np.nan, WAVE))],
            [train(SPIKES)],
            r"^receptor\.recording: .*recording\.mat holds NaN or infinite values; give a part without$",
        ),
        (
            [signal(WAVE)],
            [train(SPIKES[:3])],
            r"^receptor\.unit: 2 spikes in the seconds for training and 0 in those held out, while the stimulus lasts",
        ),
        (
            [signal(WAVE)],
            [train(np.append(SPIKES, 2.7001))],
            r"^receptor\.step: 2 spikes fall into one time step of 0\.5 ms; give a shorter step, or a unit that is ",
        ),
    ],
)
def test_recordings_that_cannot_be_used(signals: list[Any], trains: list[Any], message: str, tmp_path: Path) -> None:
    path = written(tmp_path, signals, trains)
    with pytest.raises(InputError, match=message):
        load_own(path, None, None, DT)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for name, text, message in (
        ("none.nwb", None, r"^receptor\.recording: no file .*none\.nwb; give the path of a recording$"),
        ("a.pkl", "", r"^receptor\.recording: .*a\.pkl is a pickle, which runs what is in it; write it as NWB$"),
        (
            "a.nwb",
            "text",
            r"^receptor\.recording: cannot read .*a\.nwb \(.*\); give an NWB file or one that Neo reads$",
        ),
        (
            "a.foo",
            "text",
            r"^receptor\.recording: cannot read .*a\.foo \(foo is not .*\); give an NWB file or one that ",
        ),
    ):
        if text is not None:
            (tmp_path / name).write_text(text)
        with pytest.raises(InputError, match=message):
            stimulus_and_spikes(tmp_path / name, None, None)


def config(**changed: Any) -> Config:
    return Config.model_validate({**dict(CLASSIC.presets["tiny"]), **changed})


def test_options_of_a_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.nwb").write_bytes(b"mine")
    given = config(recording="mine.nwb", unit=3)
    assert given.recording == str(tmp_path / "mine.nwb")  # a worker, or a resumed run, may be elsewhere
    assert given.unit == "3"
    assert config().data_checksum == ""
    before = given.data_checksum
    Path("mine.nwb").write_bytes(b"another")
    assert before != given.data_checksum  # a run does not go on with another recording
    for changed, message in (
        ({"signal": "sound"}, "it is part of a recording of one's own; give receptor.recording, too"),
        ({"lags": (3.0,)}, "give the first lag and a longer last one, of 1000 ms at most"),
        ({"lags": (3.0, 2.0)}, "give the first lag and a longer last one, of 1000 ms at most"),
    ):
        with pytest.raises(ValueError, match=message):
            config(**changed)
    Path("mine.nwb").unlink()
    with pytest.raises(
        InputError, match=r"^receptor\.recording: cannot read .*mine\.nwb \(No such .*\); give the path"
    ):
        _ = given.data_checksum


def recording(path: Path, level: FloatArray, times: FloatArray) -> None:
    """An NWB file with a stimulus of 2 kHz and others that were recorded, of which one was sampled at unequal times."""
    import pynwb

    file = pynwb.NWBFile(
        session_description="a cell that is known", identifier="1", session_start_time=datetime(2020, 1, 1, tzinfo=UTC)
    )
    file.add_stimulus(pynwb.TimeSeries(name="sound", data=level, unit="Pa", rate=2000.0, starting_time=3.0))
    seconds = 3 + 0.01 * np.arange(len(WAVE))
    rounded = np.round(seconds + 1e-4 * np.sin(seconds), 3)
    both = np.stack([WAVE, -WAVE], axis=1)
    file.add_acquisition(pynwb.TimeSeries(name="rounded", data=both, unit="V", timestamps=rounded))
    file.add_acquisition(pynwb.TimeSeries(name="uneven", data=WAVE, unit="V", timestamps=seconds**1.01))
    file.add_unit(spike_times=[3.5], id=7)
    file.add_unit(spike_times=3 + times, id=12)
    with pynwb.NWBHDF5IO(path, "w") as out:
        out.write(file)


@pytest.mark.slow
@needs_pynwb
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_a_run_on_an_nwb_file_finds_the_cell_that_fired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell without adaptation, whose membrane time constant is 1 ms and which hears the sound 6 ms late."""
    level = stimulus(12_000)[:, :1]
    one = np.ones(1)
    known = cells.Parameters(one, -4 * one, 3 * np.ones((1, 1)), 5 * one, 0 * one)
    heard = np.concatenate([np.zeros((12, 1)), level[:-12]])
    fired = np.flatnonzero(cells.sampled(known, heard, DT, REFRACTORY, 2 * one, one, 6)[:, 0])
    path = tmp_path / "cell.nwb"
    recording(path, level[:, 0], DT * (fired + 0.5) / 1e3)

    course, times = stimulus_and_spikes(path, None, "7")
    assert (course.start, course.interval, times.tolist()) == (3000.0, 0.5, [3500.0])
    other, _ = stimulus_and_spikes(path, "rounded[1]", "12")
    assert isinstance(other, Course)
    np.testing.assert_array_equal(other.values, -WAVE)
    assert (other.start, other.interval) == pytest.approx((3000, 10), rel=1e-3)
    with pytest.raises(InputError, match=r"^receptor\.signal: acquisition/uneven was sampled at unequal times; give "):
        stimulus_and_spikes(path, "uneven", "12")
    with pytest.raises(InputError, match=r"^receptor\.unit: the file holds 2 neurons with spike times; give one of 7"):
        stimulus_and_spikes(path, None, None)

    monkeypatch.setitem(FITS, "network", FITS["glm"])  # which is told the same, and needs no TensorFlow
    grids = {"membrane": (0.3, 1.0, 3.0), "adaptation": (5.0,)}
    run = run_tiny("receptor", tmp_path / "run", recording=str(path), unit="12", **grids)
    assert run.summary["references"] == []  # the grasshopper's yardsticks do not speak of it
    found = {
        (entry["model"], entry["metric"], *entry["facts"].values()): entry["mean"]
        for entry in run.summary["metrics"]
        if entry["step"] is None
    }
    assert {key[2] for key in found} == {OWN}
    assert found["lif", "time", OWN, "membrane"] == 1.0
    own = {model: found[model, "bits_per_spike", OWN, "own", DT] for model in ("lif", "adaptive-lif", "glm")}
    # The model that made the spikes explains them best; 2 % for what others learn by chance of those spikes.
    assert all(own["lif"] > 0.98 * bits > 0 for bits in own.values())
    spikes, _ = figure.draw(run).values()
    (title,) = [ax.get_title("left") for ax in spikes.axes if ax.get_title("left")]
    assert title == "Own recording"
    (line,) = spikes.axes[0].lines
    shown = level[10_000:10_600, 0]  # 300 ms from 5 s on
    np.testing.assert_allclose(line.get_xdata(), DT * np.arange(600))
    np.testing.assert_allclose(line.get_ydata(), (shown - level.mean()) / level.std(), atol=1e-9)
    told, factors = figure.sentences(run)
    assert told.startswith("Bits per spike, own recording: ")
    assert factors.startswith("Coincidence factors, own recording: ")
