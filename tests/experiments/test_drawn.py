"""Drawn digits become images as those of the data sets are."""

from __future__ import annotations

import os
import re

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import zoom

from bnsim.errors import InputError
from experiments.tasks import load_task
from experiments.tasks.drawn import FORMS, Drawing, framed

EIGHT = "128,125 85,95 90,50 128,30 166,50 170,95 128,125 80,165 85,215 128,230 171,215 176,165 128,125"
DIGITS, MNIST = FORMS["digits"], FORMS["mnist"]


def placed(picture: NDArray[np.float64], factor: int, top: int, left: int) -> NDArray[np.float64]:
    """A picture as someone might have scanned it: larger, and somewhere on a sheet."""
    large = np.kron(picture, np.ones((factor, factor)))
    sheet = np.zeros((2 * len(large), 2 * len(large)))
    sheet[top : top + len(large), left : left + len(large)] = large
    return sheet


def moved(text: str, by: tuple[int, int]) -> str:
    """A drawing of half the size, elsewhere; coordinates are even, so that halves are whole."""
    points = [[int(number) for number in word.split(",")] for word in text.split()]
    return " ".join(f"{x // 2 + by[0]},{y // 2 + by[1]}" for x, y in points)


@pytest.mark.parametrize("task", FORMS)
def test_size_and_place_of_a_drawing_do_not_matter(task: str) -> None:
    large = "100,40 160,30 180,100 120,130 100,220 190,222"
    one, *others = (Drawing.of(text).sample(task) for text in (large, moved(large, (0, 0)), moved(large, (90, 33))))
    for other in others:
        np.testing.assert_array_equal(one, other)


def test_a_drawing_fills_the_box_of_uci() -> None:
    image = Drawing.of(EIGHT).sample("digits").reshape(8, 8)
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    assert (rows[0], rows[-1]) == (0, 7)
    assert (columns[0], columns[-1]) == (1, 6)  # 20 of 32 cells, from cell 6 on: pixels 1.5 to 6.5
    assert image[:, 1].max() <= 8  # half of the pixel is outside of the box
    assert set(np.unique(image)) <= set(range(17))


def test_a_straight_line_stays_narrow() -> None:
    image = Drawing.of("100,20 100,240").sample("digits").reshape(8, 8)
    np.testing.assert_array_equal(np.flatnonzero(image.any(axis=0)), [3, 4])
    assert np.flatnonzero(image.any(axis=1)).tolist() == list(range(8))


def test_a_dot_is_an_image() -> None:
    for task, form in FORMS.items():
        assert Drawing.of("3,250").sample(task).max() == form.levels


def test_ink_is_that_of_the_images() -> None:
    """A wide 8 has more than the mean of all digits, and less than twice that."""
    images = load_task("digits").X
    ink = Drawing.of(EIGHT).sample("digits").mean()
    assert images.mean() < ink < 2 * images.mean()


def test_known_images_are_recognised_after_their_way() -> None:
    """Larger, moved, and with sharp edges again: they are still nearest to images of their class."""
    dataset = load_task("digits")
    train, test = dataset.X[:1200].astype(float), dataset.X[1200::4].astype(float)
    labels, truth = dataset.y[:1200], dataset.y[1200::4]
    generator = np.random.default_rng(1)

    def again(image: NDArray[np.float64]) -> NDArray[np.float64]:
        sharp = zoom(np.pad(image.reshape(8, 8) / 16, 1), 4, order=1, grid_mode=True, mode="nearest") > 0.5
        return framed(placed(sharp.astype(float), 1, *generator.integers(0, 30, 2)), DIGITS).ravel()

    def right(images: NDArray[np.float64]) -> float:
        distances = ((images[:, None] - train) ** 2).sum(axis=2)
        return float((labels[distances.argmin(axis=1)] == truth).mean())

    assert right(test) > 0.93
    # Grey edges are lost on the way, by which some digits change; without the right place and size, half are lost.
    assert right(np.array([again(image) for image in test])) > 0.8
    assert right(np.roll(test.reshape(-1, 8, 8), 2, axis=2).reshape(len(test), -1)) < 0.5


def test_images_of_mnist_come_back_as_they_were() -> None:
    """A picture of 20 rows whose centre of mass rounds to pixel 14, as all of MNIST's."""
    generator = np.random.default_rng(2)
    image = np.zeros((28, 28))
    image[4:24, 8:21] = np.rint(255 * generator.random((20, 13)) * (generator.random((20, 13)) > 0.4)) / 255
    image[4, 10] = image[23, 12] = image[9, 8] = image[9, 20] = 1
    rows, columns = image.sum(axis=1), image.sum(axis=0)
    assert [round(each @ np.arange(28) / each.sum()) for each in (rows, columns)] == [14, 14]
    for factor, top, left in ((1, 0, 0), (3, 17, 40), (7, 100, 3)):
        np.testing.assert_array_equal(framed(placed(image, factor, top, left), MNIST), np.rint(255 * image))


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("BNSIM_DATA"), reason="needs MNIST's files (BNSIM_DATA)")
def test_mnist_itself_comes_back() -> None:
    images = load_task("mnist").X[:300].astype(float).reshape(-1, 28, 28)
    same = [np.array_equal(framed(placed(each / 255, 4, 31, 7), MNIST), each) for each in images]
    assert np.mean(same) > 0.98  # a few have other boxes


def test_text_is_read_and_written() -> None:
    text = "10,20 11,22;30,40"
    assert Drawing.of(text).text() == text
    assert Drawing.of(" 10,20   11,22 ; 30,40 ") == Drawing.of(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (7, "drawing: is no text; give points such as '120,20 120,230'"),
        ("10", "drawing: holds something else than points x,y"),
        ("a,b", "drawing: holds something else than points x,y"),
        ("1.5,2", "drawing: holds something else than points x,y"),
        ("10,20;", "drawing: has a stroke without a point"),
        ("10,256", "drawing: 10,256 lies outside; give coordinates from 0 to 255"),
        ("-1,5", "drawing: -1,5 lies outside"),
        ("1,1 " * 5001, "drawing: has 5001 points; give at most 5000"),
    ],
)
def test_what_is_no_drawing(text: object, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        Drawing.of(text)


def test_what_cannot_be_framed() -> None:
    with pytest.raises(InputError, match="drawing: none for 'breast-cancer'; choose from digits, mnist"):
        Drawing.of(EIGHT).sample("breast-cancer")
    with pytest.raises(InputError, match="drawing: is empty; draw something"):
        framed(np.zeros((5, 5)), DIGITS)
