"""Interactive plots hold what was recorded, in the colours of the static figures, and stay light however much it is."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from bokeh.models import Range1d

from bnsim.plotting.style import BLUE, FAINT, INK, colour
from bnsim.recording import Recording, SpikeTimes
from experiments.report import interactive, panels
from experiments.report.side_by_side import pairs
from experiments.report.spikes import density, spikes
from experiments.run_directory import Example, Run
from experiments.shared.stored import class_names

TIME = Range1d(0, 50)


def crowded(generator: np.random.Generator, n_spikes: int) -> Recording:
    """One trial of 0.5 s: so many spikes of 10,000 units."""
    steps = np.sort(generator.integers(0, 5000, n_spikes))
    units = generator.integers(0, 10_000, n_spikes)
    spiked = SpikeTimes(np.zeros(n_spikes, dtype=int), units, steps * 0.0001)
    counts = np.bincount(units, minlength=10_000)[np.newaxis]
    return Recording(0.5, 0.0001, np.zeros(1, dtype=np.uint64), {"hidden": counts}, {"hidden": spiked})


@pytest.fixture(scope="module")
def million() -> Recording:
    return crowded(np.random.default_rng(0), 1_000_000)


@pytest.fixture
def recordings(stored_run: Run) -> list[Recording]:
    return [pair.bns.recording for pair in pairs(stored_run) if pair.bns.recording is not None]


def test_marks_are_the_spikes(recordings: list[Recording]) -> None:
    drawn = spikes(recordings, TIME)
    assert [panel.titles[0].split(":")[0] for panel in drawn] == ["output", "filters", "input"]
    for place, name in enumerate(("input", "filters", "output")):
        panel = drawn[2 - place]
        (marks,) = panel.plot.renderers
        assert marks.glyph.line_color == colour(place)  # as in `bnsim.plotting.raster`
        for recording, columns in zip(recordings, panel.columns, strict=True):
            np.testing.assert_array_equal(columns["unit"], recording.spikes[name].unit)
            np.testing.assert_allclose(columns["time"], 1000 * recording.spikes[name].time, rtol=1e-6)


def test_a_population_that_was_not_recorded_takes_no_colour(recordings: list[Recording]) -> None:
    counts = {"bias": np.ones((1, 1), int), **recordings[0].counts}
    drawn = spikes([dataclasses.replace(recordings[0], counts=counts)], TIME)
    assert [panel.plot.renderers[0].glyph.line_color for panel in drawn] == [colour(2), colour(1), colour(0)]


def test_density_holds_every_spike(million: Recording) -> None:
    """Bins are of whole units and steps, the last ones cut short: each spike lies in one, and in the right one."""
    found = density(million, "hidden")
    assert found.counts.sum() == 1_000_000
    assert (found.units, found.steps) == (67, 17)  # 10,000 / 150 and 5,000 / 300, rounded up
    spiked = million.spikes["hidden"]
    of_rows = np.add.reduceat(million.counts["hidden"][0], np.arange(0, 10_000, 67))
    np.testing.assert_array_equal(found.counts.sum(axis=1), of_rows)
    late = np.sum(np.rint(spiked.time / 0.0001) >= 17 * (found.counts.shape[1] - 1))
    assert found.counts[:, -1].sum() == late
    (panel,) = spikes([million], TIME)
    assert panel.columns[0]["spikes"][0] is not None
    assert panel.titles[0] == f"hidden: 1,000,000 spikes, at most {found.counts.max():,} in a bin"


def test_few_spikes_have_a_mark_each_and_many_are_counted() -> None:
    for number, glyph in ((30_000, "Scatter"), (30_001, "Image")):
        (panel,) = spikes([crowded(np.random.default_rng(1), number)], TIME)
        assert type(panel.plot.renderers[0].glyph).__name__ == glyph


def test_a_page_with_a_million_spikes_stays_small(
    stored_run: Run, million: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A million marks would take 8 MB an image, 4/3 of that as text. Bins are at most 150 x 300 counts of two bytes,
    120 kB as text; rates, axes, tools and the other plots need less than 80 kB more."""
    seen = {"recording": million, "activations": {"output": np.ones(10)}}
    crowd = [dataclasses.replace(pair, bns=dataclasses.replace(pair.bns, **seen)) for pair in pairs(stored_run)]
    made = interactive.network(crowd, class_names(stored_run))
    assert len(made.spiking) < 200_000 * len(crowd)
    assert len(made.spiking) > 4 / 3 * 150 * 294  # the counts are there


def test_rates_are_spikes_a_unit_and_second(recordings: list[Recording]) -> None:
    recording = recordings[0]
    columns = panels.rates([recording], TIME).columns[0]
    assert columns["time"].shape == (100,)  # 50 bins of 1 ms, each with a beginning and an end
    np.testing.assert_allclose(columns["from"], np.repeat(np.arange(50), 2), atol=1e-5)
    expected = recording.binned("output", 0.001)[0].sum(axis=1) / (10 * 0.001)
    np.testing.assert_allclose(columns["rate_2"], expected.repeat(2), rtol=1e-6)
    mean = recording.counts["filters"].mean() / recording.duration
    assert columns["rate_1"].mean() == pytest.approx(mean, rel=1e-5)


def test_potentials_tell_answer_and_truth_from_the_others(stored_run: Run) -> None:
    examples = [pair.bns for pair in pairs(stored_run)]
    wrong = next(place for place, example in enumerate(examples) if example.case == "wrong")
    (panel,) = panels.potentials(examples, class_names(stored_run), TIME)
    assert panel.plot.yaxis.axis_label.text == "Potential (mV)"
    columns, recording = panel.columns[wrong], examples[wrong].recording
    assert recording is not None
    assert dict(zip(columns["unit"], columns["colour"], strict=True)) == {
        **{f"{unit}, class {unit}": FAINT for unit in (0, 1, 2, 3, 4, 6, 7, 8)},
        "5, class 5": INK,
        "9, class <b>9</b>": BLUE,
    }
    last = columns["unit"].index("9, class <b>9</b>")
    np.testing.assert_allclose(
        columns["values"][last], 1000 * recording.trace("output", "v").values[0, :, 9], rtol=1e-6
    )
    np.testing.assert_allclose(columns["times"][last], 0.5 * np.arange(100), rtol=1e-6)


def test_of_many_units_those_that_spiked_most_show_their_potential(stored_run: Run) -> None:
    example = pairs(stored_run)[0].bns
    recording = example.recording
    assert recording is not None
    traces = {
        "filters": {
            "v": dataclasses.replace(
                recording.traces["output"]["v"], values=np.zeros((1, 100, 300)), units=np.arange(300)
            )
        }
    }
    many = dataclasses.replace(example, recording=dataclasses.replace(recording, traces=traces))
    (panel,) = panels.potentials([many], class_names(stored_run), TIME)
    counts = recording.counts["filters"][0]
    shown = [int(unit) for unit in panel.columns[0]["unit"]]
    assert len(shown) == 10
    assert min(counts[shown]) >= np.sort(counts)[-10]
    assert set(panel.columns[0]["colour"]) == {FAINT}


def test_votes_that_are_logarithms_are_drawn_from_their_own_zero(stored_run: Run) -> None:
    pair = pairs(stored_run)[0]
    votes: Example = dataclasses.replace(pair.bns, activations={"output": np.full(10, -3.0)})
    plots = [panels.scores([example], class_names(stored_run)).plot for example in (votes, pair.bns)]
    assert plots[0].yaxis.axis_label == "Votes of cells"
    assert np.isnan(plots[0].y_range.start)  # left to the browser
    assert plots[1].y_range.start == 0


DRAW = """
import ast, importlib, sys
from pathlib import Path
from experiments import report
from experiments.report import figures
from experiments.report import page

def touch(figure, *paths, dpi=0):  # files are slow to write, and no module of ours takes part in it
    for path in paths:
        path.touch()

page.save = touch
report.write(Path(sys.argv[1]))
for folder in (Path(figures.__file__).parent, Path(report.__file__).parent):
    for file in folder.glob("*.py"):  # what is imported when a study is there that this run has not
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                importlib.import_module(node.module)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.mark.slow
def test_a_stored_run_is_drawn_without_any_simulator_or_model(stored_run: Run, tmp_path: Path) -> None:
    """What is drawn is stored: neither report nor figures, of whatever study, need Brian2, Keras or a model."""
    folder = tmp_path / "run"
    shutil.copytree(stored_run.directory, folder)
    command = [sys.executable, "-c", DRAW, str(folder)]
    loaded = set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
    assert (folder / "report.html").is_file()
    assert {"experiments", "bnsim", "matplotlib", "bokeh"} <= loaded
    assert not loaded & {"brian2", "keras", "tensorflow", "models"}
