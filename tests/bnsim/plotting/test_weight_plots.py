"""Weight image, receptive fields, weight histogram, and the shared look."""

import re
import warnings
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure

from bnsim import plotting
from bnsim.errors import InputError
from bnsim.plotting.style import PALETTE, save
from bnsim.recording import Recording, SampledTrace
from bnsim.state import State


def test_weight_image_centres_signed_weights_on_zero() -> None:
    weights = np.array([[1.0, -3.0], [0.5, 2.0], [0.0, 1.0]])
    ax = plotting.weight_image(weights, label="Weight (mV)")
    image = ax.images[0]
    np.testing.assert_array_equal(image.get_array(), weights.T)
    assert image.get_clim() == (-3.0, 3.0)
    assert plotting.weight_image(np.abs(weights)).images[0].get_clim() == (0.0, 3.0)


def test_receptive_fields_keep_every_patch_in_its_place() -> None:
    fields = np.arange(5 * 12, dtype=float).reshape(5, 12) - 30
    ax = plotting.receptive_fields(fields, image_shape=(4, 3), columns=3)
    mosaic = np.asarray(ax.images[0].get_array().filled(np.nan))
    assert mosaic.shape == (2 * 4 + 1, 3 * 3 + 2)
    np.testing.assert_array_equal(mosaic[:4, 4:7], fields[1].reshape(4, 3))
    np.testing.assert_array_equal(mosaic[5:, :3], fields[3].reshape(4, 3))
    assert np.isnan(mosaic[5:, 8:]).all()
    assert ax.images[0].get_clim() == (-30.0, 30.0)


def test_receptive_fields_are_named_at_the_foot_of_their_patch() -> None:
    ax = plotting.receptive_fields(np.ones((5, 4, 3)), columns=3, names=["a", "b", "c", "", "e"])
    assert [text.get_text() for text in ax.texts] == ["a", "b", "c", "", "e"]
    assert ax.texts[4].get_position() == (6.5, 8.5)  # the last pixel of the second patch in the second row


def test_weight_histogram_shares_sum_to_a_hundred_percent_in_common_bins() -> None:
    ax = plotting.weight_histogram({"before": np.zeros((3, 4)), "after": [0.0, 1.0, np.nan]}, bins=2, bounds=(0, 1))
    before, after = ax.patches[0].get_data(), ax.patches[2].get_data()
    np.testing.assert_allclose(before.values, [100, 0])
    np.testing.assert_allclose(after.values, [50, 50])
    np.testing.assert_array_equal(before.edges, after.edges)
    assert [line.get_xdata()[0] for line in ax.lines] == [0, 1]


@pytest.fixture
def state() -> State:
    """Three synapses from 2 units to 3, two of them between the same units."""
    arrays = {"source": [0, 0, 1], "target": [2, 2, 0], "w": [1e-3, 2e-3, -4e-3], "shape": [2, 3], "unit": "V"}
    return State({f"a_to_b.{name}": np.array(values) for name, values in arrays.items()})


def test_weight_image_of_a_state_is_in_millivolts(state: State) -> None:
    ax = plotting.weight_image(state, "a_to_b")
    nan = np.nan
    expected = np.array([[nan, nan, 3], [-4, nan, nan]]).T
    np.testing.assert_allclose(np.asarray(ax.images[0].get_array().filled(nan)), expected)
    assert ax.figure.axes[1].get_ylabel() == "Weight (mV)"


def test_weights_over_time_are_a_histogram_for_each_sample() -> None:
    weights = np.array([[[0, 0, 0, 0], [0, 1, 1, 2], [2, 2, 2, 2]]]) * 1e-9
    trace = SampledTrace(weights, np.array([0.0, 2.0, 4.0]), "S", np.arange(4))
    recorded = Recording(6.0, 0.1, np.zeros(1, np.uint64), {"a": np.zeros((1, 4), int)}, weights={"a_to_a": trace})
    ax = plotting.weights_over_time(recorded, bins=2)
    (image,) = (found for found in ax.collections if isinstance(found, QuadMesh))
    np.testing.assert_allclose(np.asarray(image.get_array()), [[100, 25, 0], [0, 75, 100]])  # 1 lies in the upper bin
    np.testing.assert_allclose(image.get_coordinates()[0, :, 0], [0, 2, 4, 6])
    np.testing.assert_allclose(image.get_coordinates()[:, 0, 1], [0, 1, 2])
    np.testing.assert_allclose(ax.lines[0].get_xydata(), [[0, 0], [2, 1], [4, 2]])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Time (s)", "Weight (nS)")


def test_weights_over_several_trials_follow_each_other() -> None:
    trace = SampledTrace(np.array([[[1.0], [2.0]], [[3.0], [4.0]]]), np.array([0.0, 0.05]), "", np.arange(1))
    recorded = Recording(
        0.1, 0.01, np.arange(2, dtype=np.uint64), {"a": np.zeros((2, 1), int)}, weights={"a_to_a": trace}
    )
    ax = plotting.weights_over_time(recorded, "a_to_a")
    np.testing.assert_allclose(ax.lines[0].get_xydata(), [[0, 1], [0.5, 2], [1, 3], [1.5, 4]])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Trial", "Weight")


@pytest.mark.parametrize(
    ("weights", "projection", "message"),
    [
        (
            {},
            None,
            "weights_over_time: no weights were recorded; run again with record=[bnsim.Weights(projection, every=...)]",
        ),
        (
            {"a": 2, "b": 2},
            None,
            "weights_over_time.projection: no projection was named; the recording holds those of 'a', 'b'",
        ),
        ({"a": 2}, "b", "weights_over_time.projection: no weights of 'b'; the recording holds those of 'a'"),
        ({"a": 1}, "a", "weights_over_time: 1 samples of 3 weights; record more, at shorter intervals"),
    ],
)
def test_weights_that_were_not_recorded(weights: dict[str, int], projection: str | None, message: str) -> None:
    traces = {
        name: SampledTrace(np.zeros((1, number, 3)), np.arange(number) * 1.0, "V", np.arange(3))
        for name, number in weights.items()
    }
    recorded = Recording(2.0, 0.1, np.zeros(1, np.uint64), {"a": np.zeros((1, 4), int)}, weights=traces)
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        plotting.weights_over_time(recorded, projection)


def test_what_is_no_source_of_weights(state: State) -> None:
    with pytest.raises(InputError, match=r"^weights_over_time.recording: 3 is no Recording; give one$"):
        plotting.weights_over_time(3)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^weight_image.projection: an array holds one matrix; leave projection out$"):
        plotting.weight_image(np.eye(2), "a_to_b")
    with pytest.raises(InputError, match=r"^State.weights\(projection\): unknown 'a'; choose from a_to_b$"):
        plotting.weight_image(state, "a")
    with pytest.raises(InputError, match=r"^weight_image.projection: no projection was named; give that of the state$"):
        plotting.weight_image(state)


def test_plots_draw_into_given_axes() -> None:
    axes = pyplot.figure().subplots(1, 3)
    assert plotting.weight_image(np.eye(3), ax=axes[0]) is axes[0]
    assert plotting.receptive_fields(np.ones((2, 3, 3)), ax=axes[1]) is axes[1]
    assert plotting.weight_histogram([0.1, 0.2], ax=axes[2]) is axes[2]


def test_saving_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    figure = plotting.weight_histogram([0.1, 0.2, 0.4]).figure
    for suffix in ("svg", "png"):
        first, second = tmp_path / f"first.{suffix}", tmp_path / f"second.{suffix}"
        save(figure, first)
        save(figure, second)
        assert first.read_bytes() == second.read_bytes()


def test_an_svg_is_well_formed_whatever_its_texts_hold(tmp_path: Path) -> None:
    """Matplotlib copies texts into comments, and XML may hold no escape character."""
    figure = Figure()
    figure.text(0.1, 0.5, "one \x1b\ufffe--> <b> & two")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
        save(figure, tmp_path / "figure.svg")
    ElementTree.parse(tmp_path / "figure.svg")


def test_neighbours_in_the_palette_differ_in_grey() -> None:
    from matplotlib.colors import to_rgb

    grey = [np.dot(to_rgb(shade), (0.2126, 0.7152, 0.0722)) for shade in PALETTE]
    assert (np.abs(np.diff(grey)) > 0.05).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plotting.weight_image(np.zeros(3)), r"shape \(3,\) is not \(presynaptic, postsynaptic\)"),
        (
            lambda: plotting.receptive_fields(np.zeros((3, 9))),
            r"shape \(3, 9\) with image_shape None is no stack",
        ),
        (
            lambda: plotting.receptive_fields(np.zeros((3, 9)), image_shape=(2, 4)),
            r"image_shape \(2, 4\) is no stack",
        ),
        (
            lambda: plotting.receptive_fields(np.zeros((3, 3, 3)), columns=0),
            "columns: 0 is no number of columns; pass a whole number of at least 1",
        ),
        (
            lambda: plotting.receptive_fields(np.zeros((3, 3, 3)), names=["a"]),
            "names: 1 for 3 units; pass one for each",
        ),
        (lambda: plotting.weight_histogram([]), "no weights or infinite ones; pass finite numbers"),
        (
            lambda: plotting.weight_histogram({"late": [np.inf]}),
            r"weights\['late'\]: no weights or infinite ones",
        ),
        (lambda: plotting.weight_histogram({}), "nothing to draw"),
        (
            lambda: plotting.weight_histogram([0.1], bins=0),
            "bins: 0 is no number of bins; pass a whole number of at least 1",
        ),
    ],
)
def test_errors_name_culprit_and_remedy(call, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: plotting.weight_image([["a"]]),
            "weight_image.weights: an array of text is no array of numbers; give an array of numbers",
        ),
        (
            lambda: plotting.weight_image([[1.0], []]),
            "weight_image.weights: a ragged list is no array of numbers; give an array of numbers",
        ),
        (
            lambda: plotting.weight_image([[np.inf]]),
            "weight_image.weights: some are infinite; pass finite numbers, and NaN for no synapse",
        ),
        (
            lambda: plotting.weight_image([[1.0]], ax=1),
            "weight_image.ax: 1 is no matplotlib axes; give one axes, or leave it out",
        ),
        (
            lambda: plotting.receptive_fields([[["a"]]]),
            "receptive_fields.fields: an array of text is no array of numbers; give an array of numbers",
        ),
        (
            lambda: plotting.receptive_fields([[[np.inf]]]),
            "receptive_fields.fields: some are infinite; pass finite numbers, and NaN for no synapse",
        ),
        (
            lambda: plotting.receptive_fields(np.zeros((3, 9)), image_shape=(3, 3.0)),
            "receptive_fields.image_shape: (3, 3.0) is no (height, width); give two whole numbers",
        ),
        (
            lambda: plotting.receptive_fields(np.zeros((3, 3, 3)), columns=1.5),
            "receptive_fields.columns: 1.5 is no number of columns; pass a whole number of at least 1",
        ),
        (
            lambda: plotting.weight_histogram(["a"]),
            "weight_histogram.weights: an array of text is no array of numbers; give an array of numbers",
        ),
        (
            lambda: plotting.weight_histogram([0.1], bins=2.5),
            "weight_histogram.bins: 2.5 is no number of bins; pass a whole number of at least 1",
        ),
        (
            lambda: plotting.weight_histogram([0.1], bounds=(1, 0)),
            "weight_histogram.bounds: (1, 0) is no pair of limits; pass (least, greatest)",
        ),
        (
            lambda: plotting.weight_histogram([0.1], bounds=(0, np.nan)),
            "weight_histogram.bounds: (0, nan) is no pair of limits; pass (least, greatest)",
        ),
    ],
)
def test_wrong_input_is_one_line(call, message: str) -> None:
    with pytest.raises(InputError) as caught:
        call()
    assert str(caught.value) == message


def test_pixels_without_synapse_leave_the_scale_of_the_others() -> None:
    fields = np.array([[[np.nan, -2.0], [1.0, 0.0]]])
    assert plotting.receptive_fields(fields).images[0].get_clim() == (-2.0, 2.0)
