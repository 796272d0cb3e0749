"""More spikes than can be told apart are drawn as their density, in which none is lost."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

from bnsim import parts, plotting
from bnsim.plotting import marks
from bnsim.plotting.bands import Choice, bands_of
from bnsim.plotting.density import FAINTEST
from bnsim.plotting.marks import Density, Marks, densities_of
from bnsim.plotting.style import colour
from bnsim.recording import Recording, SpikeTimes

DT = 1e-3
PLAIN = Choice("raster", None, None, None, 0.005, None, None, None, None)


def recorded(*spikes: tuple[str, int, list[tuple[int, int, int]]], n_trials: int = 1, n_steps: int = 10) -> Recording:
    """Spikes of populations of some size, each as its trial, time step and unit."""
    times, counts = {}, {}
    for name, size, found in spikes:
        trial, step, unit = np.array(sorted(found)).T
        times[name] = SpikeTimes(trial, unit, step * DT)
        counts[name] = np.zeros((n_trials, size), int)
        np.add.at(counts[name], (trial, unit), 1)
    return Recording(n_steps * DT, DT, np.arange(n_trials), counts, times)


@pytest.fixture(scope="module")
def recording() -> Recording:
    """Two trials of 100 steps: 400 cells that fire at random, and 5 of which each fires once."""
    fired = np.argwhere(np.random.default_rng(1).random((2, 100, 400)) < 0.2)
    few = [(0, 0, 0), (0, 1, 1), (0, 50, 2), (1, 98, 3), (1, 99, 4)]
    return recorded(("many", 400, [tuple(row) for row in fired.tolist()]), ("few", 5, few), n_trials=2, n_steps=100)


@pytest.fixture(autouse=True)
def few_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "MOST_MARKS", 3)


def note(ax: Axes) -> str:
    return ax.texts[0].get_text()


def test_counts_by_hand() -> None:
    # Five units in three groups: 0 and 1, 2 and 3, 4. Twenty steps in bins of three: 0-2, 3-5, ..., 18-19.
    spikes = [(0, 0, 0), (0, 2, 1), (0, 3, 0), (0, 9, 4), (1, 0, 4), (1, 9, 3)]
    bands, timeline = bands_of(recorded(("cells", 5, spikes), n_trials=2), PLAIN)
    found = Density.of(bands[0], timeline, wide=7, high=3)
    assert found.counts.tolist() == [[2, 1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 1], [0, 0, 0, 2, 0, 0, 0]]
    assert found.sizes.tolist() == [2, 2, 1]
    expected = [[2 / 2 / 0.003, 1 / 2 / 0.003], [1 / 2 / 0.002, 2 / 0.003]]  # the last bin has two steps
    np.testing.assert_allclose([found.rates[0, :2], [found.rates[1, 6], found.rates[2, 3]]], expected)


def test_every_spike_is_counted_once_and_in_small_parts_too(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    bands, timeline = bands_of(recording, PLAIN)
    whole = densities_of(bands, timeline, 33, 60)
    assert whole is not None
    assert [int(density.counts.sum()) for density in whole] == [len(found) for found in recording.spikes.values()]
    monkeypatch.setattr(parts, "AT_ONCE", 7)
    for one, band in zip(whole, bands, strict=True):
        np.testing.assert_array_equal(one.counts, Density.of(band, timeline, 33, len(one.counts)).counts)
    monkeypatch.setattr(marks, "MOST_MARKS", 10**6)
    assert densities_of(bands, timeline, 33, 60) is None
    for band in bands:
        found, spikes = Marks.of(band, timeline), recording.spikes[band.name]
        np.testing.assert_array_equal(found.times, spikes.time + spikes.trial * 0.1)
        middle = band.bottom + (spikes.unit + 0.5) / band.size * (band.top - band.bottom)
        np.testing.assert_array_equal(found.heights, middle)


def test_opacity_grows_with_the_root_of_the_rate_and_none_is_left_empty(recording: Recording) -> None:
    ax = plotting.raster(recording, trial=0, window=(0, 0.1))
    assert not ax.collections
    few = ax.images[1]
    assert few.get_array().count() == 3  # cells with a spike; the others are masked
    highest = max(image.get_array().max() for image in ax.images)
    for index, image in enumerate(ax.images):
        assert image.norm.vmax == highest
        colours = image.cmap(image.norm([highest / 4, highest]))
        np.testing.assert_allclose(colours[:, :3], [to_rgba(colour(index))[:3]] * 2)
        np.testing.assert_allclose(colours[:, 3], [FAINTEST + (1 - FAINTEST) / 2, 1], atol=1 / 256)
        assert image.cmap(np.ma.masked_all(1))[0, 3] == 0
    assert [ax.images[0].get_extent()[2], few.get_extent()[3]] == list(ax.get_ylim())
    number = (recording.spikes["many"].trial == 0).sum() + 3
    assert note(ax) == f"density of {number:,} spikes: darkest 1,000 Hz, in cells of 1 ms"


def test_the_last_bin_reaches_beyond_the_axis_by_what_it_lacks() -> None:
    long = recorded(("cells", 4, [(0, 0, 0), (0, 5, 1), (0, 1999, 2), (0, 1999, 3)]), n_steps=2001)
    ax = plotting.raster(long)
    (image,) = ax.images
    left, right, *_ = image.get_extent()
    width = (right - left) / image.get_array().shape[1]
    assert (left, width) == pytest.approx((0.0, 3.0))  # 2001 steps on some 700 pixels
    assert 0 <= right - 2001 < width
    assert ax.get_xlim() == (0.0, 2001.0)


def test_marks_as_long_as_there_are_few(recording: Recording) -> None:
    ax = plotting.raster(recording, "few", trial=0)
    assert [len(found.get_offsets()) for found in ax.collections] == [3]
    assert not ax.images
    assert not ax.texts
    # There are more spikes of this population, but not in the window, or not of the unit.
    assert len(plotting.raster(recording, "few", units=[1, 4]).collections[0].get_offsets()) == 2
    assert len(plotting.raster(recording, "few", window=(0.05, 0.1)).collections[0].get_offsets()) == 3
    assert plotting.raster(recording, "few").images


def test_the_note_stands_above_the_numbers_of_trials(recording: Recording) -> None:
    ax = plotting.raster(recording, "many")
    texts = {text.get_text(): text.get_window_extent() for text in ax.texts}
    said, trial = texts[note(ax)], texts["trial 1"]
    assert said.y0 > trial.y1
