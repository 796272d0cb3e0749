"""Weight image, receptive fields, weight histogram, and the shared look."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot

from bnsim import plotting
from bnsim.errors import InputError
from bnsim.plotting.style import PALETTE, save


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
