"""Tasks: checksums and shapes of the real data, splits, scaling, and every way in which data can be bad."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

from bnsim.errors import InputError
from experiments.tasks import GROUP, OWN, Task, load_task, mnist, tasks
from experiments.tasks.dataset import Dataset, Samples, Scaling, final_split, validation_split

GOOD_X, GOOD_Y = np.arange(20.0).reshape(10, 2), np.array([0, 1] * 5)


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load_task("digits")


def test_digits_are_the_published_ones(digits: Dataset) -> None:
    assert digits.X.shape == (1797, 64)
    assert digits.image_shape == (8, 8)
    assert np.bincount(digits.y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert digits.checksum.startswith("0b3e4ee14f82")
    assert digits.protocol == "resampled"


def test_parity_is_that_of_the_digits(digits: Dataset) -> None:
    parity = load_task("digits-parity")
    assert parity.classes == ("even", "odd")
    assert np.bincount(parity.y).tolist() == [178 + 177 + 181 + 181 + 174, 182 + 183 + 182 + 179 + 180]
    np.testing.assert_array_equal(parity.y == 1, np.isin(digits.y, (1, 3, 5, 7, 9)))
    np.testing.assert_array_equal(parity.X, digits.X)
    assert (parity.name, parity.image_shape, parity.scaling) == ("digits-parity", (8, 8), 16.0)
    assert (len(final_split(parity, seed=0).train), parity.protocol) == (1437, "resampled")


def test_splits_are_stratified_disjoint_and_seeded(digits: Dataset) -> None:
    split = final_split(digits, seed=0)
    assert (len(split.train), len(split.held_out)) == (1437, 360)
    shares = [np.bincount(part.y) / len(part) for part in (split.train, split.held_out)]
    np.testing.assert_allclose(*shares, atol=0.005)
    np.testing.assert_array_equal(final_split(digits, seed=0).held_out.X, split.held_out.X)
    assert not np.array_equal(final_split(digits, seed=1).held_out.y, split.held_out.y)


def test_validation_samples_come_from_the_training_part(digits: Dataset) -> None:
    numbered = Dataset("numbered", np.arange(1797.0)[:, None], digits.y, digits.classes, None, 1.0)
    final, validation = final_split(numbered, seed=3), validation_split(numbered, seed=3)
    parts = [validation.train.X, validation.held_out.X, final.held_out.X]
    assert len(np.unique(np.concatenate(parts))) == 1797
    assert set(validation.held_out.X.ravel()) <= set(final.train.X.ravel())


def test_subsets_are_stratified_and_limited(digits: Dataset) -> None:
    split = validation_split(digits, seed=0, max_train=200, max_validation=50)
    assert (len(split.train), len(split.held_out)) == (200, 50)
    assert np.bincount(split.train.y).min() >= 19
    with pytest.raises(InputError, match="digits: 5 samples cannot hold its 10 classes; allow more"):
        final_split(digits, seed=0, max_train=5)


def test_subsets_may_be_as_small_as_the_classes_are_many_and_as_large_as_all(digits: Dataset) -> None:
    assert np.bincount(final_split(digits, seed=0, max_train=10).train.y).tolist() == [1] * 10
    # A stratified split leaves one of each class out at least.
    sizes = {limit: len(final_split(digits, seed=0, max_train=limit).train) for limit in (1427, 1436, 1437, 5000)}
    assert sizes == {1427: 1427, 1436: 1427, 1437: 1437, 5000: 1437}


def test_validation_samples_of_a_fixed_test_set_are_the_last_for_training() -> None:
    dataset = Dataset("fixed", np.arange(20.0)[:, None], np.array([0, 1] * 10), ("a", "b"), None, 1.0, 14, 4)
    assert dataset.protocol == "fixed test set"
    for seed in (0, 1):
        final, validation = final_split(dataset, seed), validation_split(dataset, seed)
        assert [part.X.ravel().tolist() for part in (final.train, final.held_out)] == [[*range(14)], [*range(14, 20)]]
        parts = [part.X.ravel().tolist() for part in (validation.train, validation.held_out)]
        assert parts == [[*range(10)], [*range(10, 14)]]


def test_scaling_uses_the_training_part_only() -> None:
    dataset = load_task("breast-cancer")
    split = final_split(dataset, seed=0)
    np.testing.assert_allclose(split.train.X.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(split.train.X.std(axis=0), 1)
    assert np.abs(split.held_out.X.mean(axis=0)).max() > 0.01
    assert dataset.classes == ("malignant", "benign")


def test_a_class_too_small_to_split_is_named() -> None:
    y = np.array([0] * 20 + [1])
    dataset = Dataset("tiny", np.zeros((21, 2)), y, ("common", "rare"), None, 1.0)
    with pytest.raises(InputError, match="tiny: class 'rare' has 1 of 21 samples, too few"):
        final_split(dataset, seed=0)


def test_a_class_without_samples_is_named() -> None:
    dataset = Dataset("tiny", np.zeros((20, 2)), np.zeros(20, int), ("common", "rare"), None, 1.0)
    with pytest.raises(InputError, match="tiny: class 'rare' has 0 of 20 samples, too few for a stratified split"):
        final_split(dataset, seed=0)


def test_samples_are_taken_from_the_front_or_chosen() -> None:
    samples = Samples(np.arange(4.0)[:, None], np.array([0, 1, 2, 3]))
    assert [samples.first(count).y.tolist() for count in (2, 9)] == [[0, 1], [0, 1, 2, 3]]
    chosen = samples.chosen(np.array([2, 0]))
    assert (chosen.X.ravel().tolist(), chosen.y.tolist()) == ([2.0, 0.0], [2, 0])


def test_a_class_too_small_for_a_subset_is_named() -> None:
    y = np.array([0] * 9 + [1] + [0, 1] * 5)
    dataset = Dataset("tiny", np.zeros((20, 2)), y, ("common", "rare"), None, 1.0, n_train=10, n_validation=2)
    with pytest.raises(InputError, match="tiny: class 'rare' has 1 of 10 samples, too few for a stratified split"):
        final_split(dataset, seed=0, max_train=5)


def test_every_class_is_tested_in_every_split() -> None:
    y = np.array([0] * 96 + [1] * 4)
    dataset = Dataset("tiny", np.zeros((100, 2)), y, ("common", "rare"), None, 1.0)
    with pytest.raises(InputError, match="tiny: class 'rare' has 4 of 100 samples, too few for a stratified split"):
        final_split(dataset, seed=0)
    y[0] = 1
    assert all(1 in final_split(dataset, seed).held_out.y for seed in range(20))
    with pytest.raises(InputError, match="tiny: class 'rare' has 4 of 80 samples"):
        validation_split(dataset, seed=0)


def test_unknown_task_lists_what_exists() -> None:
    known = re.escape(f"{', '.join(tasks())}, {OWN}")
    with pytest.raises(InputError, match=f"unknown task 'digit'; did you mean 'digits'. choose from {known}"):
        load_task("digit")


ELSEWHERE = {"mnist", "mnist-rows", "japanese-vowels", "next-character"}
"""Tasks whose data may not be on this machine."""


@pytest.mark.parametrize("name", sorted(set(tasks()) - ELSEWHERE))
def test_data_bear_the_name_of_their_task(name: str) -> None:
    assert load_task(name).name == tasks()[name].name == name


def test_listing_the_tasks_imports_nothing_heavy() -> None:
    script = (
        "import sys; from experiments.tasks import tasks; assert tasks();"
        "print(sorted({'sklearn', 'scipy', 'pandas', 'brian2', 'keras', 'tensorflow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def entry(value: str, name: str = "foreign") -> EntryPoint:
    return EntryPoint(name, value, GROUP)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[EntryPoint], None]]:
    """Has another package offer an entry point, instead of those of the packages that are installed."""

    def install(point: EntryPoint) -> None:
        monkeypatch.setattr("experiments.tasks.entry_points", lambda group: [point] if group == GROUP else [])
        tasks.cache_clear()

    yield install
    tasks.cache_clear()


FOREIGN = Task(
    "foreign", "of another package", lambda data_dir: Dataset("foreign", GOOD_X, GOOD_Y, ("a", "b"), None, 1.0)
)


def test_other_packages_bring_tasks(installed: Callable[[EntryPoint], None]) -> None:
    installed(entry(f"{__name__}:FOREIGN"))
    assert list(tasks())[-1] == "foreign"
    assert {"digits", "mnist"} < set(tasks())
    assert load_task("foreign").classes == ("a", "b")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("no.such.module:TASK", "ModuleNotFoundError: No module named 'no'"),
        (f"{__name__}:GOOD_X", f"{__name__}:GOOD_X is no Task"),
        ("experiments.tasks.digits:TASK", "experiments.tasks.digits:TASK calls itself 'digits'"),
    ],
)
def test_a_broken_package_spoils_its_own_task_alone(
    value: str, reason: str, installed: Callable[[EntryPoint], None]
) -> None:
    installed(entry(value))
    assert load_task("breast-cancer").name == "breast-cancer"
    assert tasks()["foreign"].summary == f"cannot be loaded: {reason}"
    message = f"task 'foreign' of package unknown: cannot be loaded ({reason}); repair or uninstall it"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        load_task("foreign")


def test_a_broken_package_is_named(installed: Callable[[EntryPoint], None]) -> None:
    point = entry("no.such.module:TASK")
    vars(point)["dist"] = SimpleNamespace(name="stranger")
    installed(point)
    with pytest.raises(InputError, match="task 'foreign' of package stranger: cannot be loaded"):
        load_task("foreign")


def test_two_tasks_of_one_name_are_refused(installed: Callable[[EntryPoint], None]) -> None:
    installed(entry("experiments.tasks.digits:TASK", name="digits"))
    with pytest.raises(InputError, match="task 'digits' of package unknown has the name of another task; rename or"):
        tasks()


def archived(folder: Path, X: NDArray) -> Dataset:
    np.savez(folder / "mine.npz", X=X, y=[0, 1] * (len(X) // 2))
    return load_task(str(folder / "mine.npz"))


def test_archive_of_images_with_text_labels(tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    X = np.arange(40 * 6).reshape(40, 2, 3)
    np.savez(path, X=X, y=np.array(["cat", "dog"] * 20))
    dataset = load_task(str(path))
    assert (dataset.name, dataset.image_shape, dataset.classes) == ("mine", (2, 3), ("cat", "dog"))
    assert dataset.notes == (
        "samples of shape (2, 3) were read as images of 2 x 3 pixels (with an array lengths they are sequences)",
    )
    split = final_split(dataset, seed=0)
    assert (split.train.X.min(), split.train.X.max()) == (0.0, 1.0)


def test_an_archive_may_have_any_name(tmp_path: Path) -> None:
    archived(tmp_path, GOOD_X)
    (tmp_path / "mine.npz").rename(tmp_path / "mine")
    assert load_task(str(tmp_path / "mine")).name == "mine"


@pytest.mark.parametrize("shape", [(5, 6, 1), (1, 5, 6), (3, 6, 1), (1, 4, 3)])
def test_one_channel_is_an_image(shape: tuple[int, ...], tmp_path: Path) -> None:
    X = np.random.default_rng(0).random((40, *shape))
    dataset = archived(tmp_path, X)
    height, width = (side for side in shape if side != 1)
    assert (dataset.image_shape, dataset.scaling) == ((height, width), "range")
    np.testing.assert_array_equal(dataset.X, X.reshape(40, -1))
    assert dataset.notes == (f"samples of shape {shape} were read as images of {height} x {width} pixels",)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float32])
@pytest.mark.parametrize("axis", [-1, 1])
def test_colours_become_luma(axis: int, dtype: type, tmp_path: Path) -> None:
    # pure red, green, blue and white of 200 in one image each: 0.299, 0.587, 0.114 and 1 times 200
    X = np.zeros((4, 2, 5, 3), dtype)
    X[0, ..., 0] = X[1, ..., 1] = X[2, ..., 2] = X[3] = 200
    dataset = archived(tmp_path, np.moveaxis(X, -1, axis))
    assert (dataset.image_shape, dataset.scaling) == ((2, 5), "range")
    np.testing.assert_allclose(dataset.X, np.repeat([[59.8], [117.4], [22.8], [200.0]], 10, axis=1))
    (note,) = dataset.notes
    assert note.endswith("were read as images of 2 x 5 pixels, their colours as luma (ITU-R BT.601)")


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((3, 5, 3), r"X has shape \(40, 3, 5, 3\), whose colours may be its second axis or its last; save one channel"),
        ((3, 5, 4), r"X has shape \(40, 3, 5, 4\), whose colours may be its second axis or its last; save one channel"),
        ((5, 6, 4), r"X has shape \(40, 5, 6, 4\), which may be colours with transparency; save the colours alone"),
        ((4, 5, 6), r"X has shape \(40, 4, 5, 6\), which may be colours with transparency; save the colours alone"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(shape: tuple[int, ...], message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"mine.npz: {message}"):
        archived(tmp_path, np.zeros((40, *shape)))


@pytest.mark.parametrize(
    "shape", [(1, 6), (6, 1), (1, 1, 6), (6, 1, 1), (1, 6, 1), (5, 1, 3), (3, 1, 5), (5, 6, 2), (2, 5, 6, 3)]
)
def test_archive_of_anything_but_images_holds_plain_features(shape: tuple[int, ...], tmp_path: Path) -> None:
    n_features = int(np.prod(shape))
    dataset = archived(tmp_path, np.random.default_rng(0).random((40, *shape)))
    assert (dataset.image_shape, dataset.X.shape, dataset.scaling) == (None, (40, n_features), "standardise")
    assert dataset.notes == (f"samples of shape {shape} were read as {n_features} plain features; they are no images",)


def test_whole_numbers_are_classes_whatever_their_type(tmp_path: Path) -> None:
    np.savez(tmp_path / "mine.npz", X=np.zeros((10, 2)), y=np.array([0.0, 3.0] * 5))
    dataset = load_task(str(tmp_path / "mine.npz"))
    assert dataset.classes == ("0.0", "3.0")
    assert dataset.y.tolist() == [0, 1] * 5


def test_rows_of_features_need_no_note(tmp_path: Path) -> None:
    assert archived(tmp_path, np.random.default_rng(0).random((40, 6))).notes == ()


@pytest.mark.parametrize("shape", [(6,), (2, 3)])
def test_values_too_large_to_be_scaled_are_refused(shape: tuple[int, ...], tmp_path: Path) -> None:
    X = np.zeros((40, *shape))
    X[::2], X[1::2] = 1e308, -1e308
    message = r"^mine: X holds values up to 1e\+308, too large to be scaled; divide X first$"
    with pytest.raises(InputError, match=message):
        final_split(archived(tmp_path, X), seed=0)


def test_a_constant_feature_becomes_zero(tmp_path: Path) -> None:
    path = tmp_path / "flat.npz"
    np.savez(path, X=np.column_stack([np.full(40, 7.0), np.arange(40)]), y=[0, 1] * 20)
    split = final_split(load_task(str(path)), seed=0)
    assert not split.train.X[:, 0].any()
    assert not split.held_out.X[:, 0].any()


@pytest.mark.parametrize("scaling", ["standardise", "range"])
def test_what_is_constant_in_training_keeps_its_unit(scaling: Scaling) -> None:
    X = np.where(np.arange(10) < 6, 7.0, 9.5)[:, None]
    dataset = Dataset("flat", X, np.array([0, 1] * 5), ("a", "b"), None, scaling, n_train=6, n_validation=2)
    split = final_split(dataset, seed=0)
    assert (split.train.X.ravel().tolist(), split.held_out.X.ravel().tolist()) == ([0.0] * 6, [2.5] * 4)


BAD_ARCHIVES = {
    "no X": ({"y": GOOD_Y}, r"array 'X' is missing \(it holds y\); save it with X=..., y=..."),
    "no y": ({"X": GOOD_X}, r"array 'y' is missing \(it holds X\)"),
    "lengths": ({"X": GOOD_X, "y": GOOD_Y[:9]}, "X holds 10 samples, y 9 labels; give one label a sample"),
    "NaN": (
        {"X": np.where(GOOD_X == 5, np.nan, GOOD_X), "y": GOOD_Y},
        r"X is not finite at \(2, 1\); remove NaN",
    ),
    "infinite": ({"X": np.where(GOOD_X == 0, np.inf, GOOD_X), "y": GOOD_Y}, r"X is not finite at \(0, 0\)"),
    "NaN label": ({"X": GOOD_X, "y": np.full(10, np.nan)}, r"y is not finite at \(0,\)"),
    "empty": ({"X": GOOD_X[:0], "y": GOOD_Y[:0]}, "X is empty; give at least ten samples a class"),
    "one class": (
        {"X": GOOD_X, "y": np.ones(10, int)},
        "y holds one class only, 1; give at least two classes",
    ),
    "fractions": ({"X": GOOD_X, "y": np.arange(10) / 4}, "y holds fractions such as 0.25; give classes"),
    "text X": (
        {"X": np.full((10, 2), "a"), "y": GOOD_Y},
        r"X has shape \(10, 2\) and type <U1; give numbers",
    ),
    "flat X": ({"X": np.arange(10), "y": GOOD_Y}, r"X has shape \(10,\)"),
    "table y": ({"X": GOOD_X, "y": GOOD_X}, r"y has shape \(10, 2\)"),
    "bytes y": ({"X": GOOD_X, "y": np.array([b"a", b"b"] * 5)}, r"y has shape \(10,\) and type \|S1; give one integer"),
    "no array": ({}, r"array 'X' is missing \(it holds nothing\)"),
    "long label": (
        {"X": GOOD_X, "y": np.array(["a" * 61, "b"] * 5)},
        "a class has a name of 61 characters, which no figure has room for; give at most 60",
    ),
    "label that cannot be written": (
        {"X": GOOD_X, "y": np.array(["a\ud800", "b"] * 5)},
        r"the class 'a\\ud800' has a name that UTF-8 cannot write; name it otherwise",
    ),
    "objects": (
        {"X": GOOD_X.astype(object), "y": GOOD_Y},
        "X is an object array, which is never unpickled; save numbers, or names as text: X.astype",
    ),
}


@pytest.mark.parametrize("case", BAD_ARCHIVES)
def test_bad_archives_are_refused(case: str, tmp_path: Path) -> None:
    arrays, message = BAD_ARCHIVES[case]
    path = tmp_path / "bad.npz"
    np.savez(path, **arrays)
    with pytest.raises(InputError, match=rf"bad(\.npz)?: {message}") as caught:
        load_task(str(path))
    assert "\n" not in str(caught.value)


def test_damaged_and_missing_archives_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    with pytest.raises(InputError, match=r"mine.npz: no such file; give the path of an .npz"):
        load_task(str(path))
    np.savez(path, X=GOOD_X, y=GOOD_Y)
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(InputError, match=r"mine.npz: damaged, or no .npz file; save it again"):
        load_task(str(path))
    path.write_bytes(b"neither an archive nor an array")
    with pytest.raises(InputError, match=r"mine.npz: damaged, or no .npz file; save it again"):
        load_task(str(path))
    np.save(tmp_path / "single.npy", GOOD_X)
    (tmp_path / "single.npy").rename(path)
    with pytest.raises(InputError, match=r"mine.npz: damaged, or no .npz file"):
        load_task(str(path))


def write_idx_folder(folder: Path) -> None:
    for name in mnist.CHECKSUMS:
        (folder / f"{name}.gz").write_bytes(gzip.compress(b"\0\0\x08\x01\0\0\0\x02ab" * 9))


def test_mnist_wants_its_folder_and_all_four_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="nowhere: no such data folder; give the folder of the MNIST IDX files"):
        load_task("mnist", tmp_path / "nowhere")
    monkeypatch.setenv("BNSIM_DATA", str(tmp_path))
    write_idx_folder(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(InputError, match=r"t10k-labels-idx1-ubyte.gz is missing; put the four MNIST IDX files there"):
        load_task("mnist")


def test_mnist_files_are_held_against_their_checksums(tmp_path: Path) -> None:
    write_idx_folder(tmp_path)
    with pytest.raises(InputError, match=r"train-images-idx3-ubyte: wrong checksum \(MD5 .* of 90 bytes, expected 6bb"):
        load_task("mnist", tmp_path)


@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda data: b"xx" + data[2:]])
def test_damaged_mnist_archives_are_refused(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    write_idx_folder(tmp_path)
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(InputError, match=r"train-images-idx3-ubyte.gz: damaged or truncated .*; fetch it again"):
        load_task("mnist", tmp_path)


def test_idx_arrays_survive_the_way_through_the_download() -> None:
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    np.testing.assert_array_equal(mnist._array(mnist._idx_bytes(array)), array)


def numbered(first: int, count: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Images that hold their number, and labels that are its last digit."""
    images, numbers = np.zeros((count, 28, 28), np.uint8), np.arange(first, first + count)
    images[:, 0, 1], images[:, 27, 27] = numbers // 280, numbers % 280 // 2
    images[:, 0, 2] = numbers % 2
    return images, (numbers % 10).astype(np.uint8)


@pytest.mark.slow
@pytest.mark.parametrize("downloaded", [False, True])
def test_mnist_is_read_in_its_order(downloaded: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of MNIST's form, plain and gzipped, or the arrays that Keras downloads: training images come first."""
    monkeypatch.delenv("BNSIM_DATA", raising=False)
    arrays = (*numbered(0, 60_000), *numbered(60_000, 10_000))
    magic = {3: b"\0\0\x08\x03", 1: b"\0\0\x08\x01"}
    contents = [magic[array.ndim] + np.array(array.shape, ">u4").tobytes() + array.tobytes() for array in arrays]
    sums = [hashlib.md5(content, usedforsecurity=False).hexdigest() for content in contents]
    monkeypatch.setattr(mnist, "CHECKSUMS", dict(zip(mnist.CHECKSUMS, sums, strict=True)))
    monkeypatch.setattr("models.artificial.download.mnist_arrays", lambda: arrays)
    for name, content in zip(mnist.CHECKSUMS, contents, strict=True):
        packed = "labels" in name
        (tmp_path / (f"{name}.gz" if packed else name)).write_bytes(gzip.compress(content, 1) if packed else content)
    found = load_task("mnist", None if downloaded else tmp_path)
    pixels = found.X.astype(int)
    np.testing.assert_array_equal(pixels[:, [1, -1, 2]] @ [280, 2, 1], np.arange(70_000))
    assert not pixels[:, 3:-1].any()
    np.testing.assert_array_equal(found.y, np.arange(70_000) % 10)
    assert (found.classes, found.image_shape, found.scaling) == (tuple("0123456789"), (28, 28), 255.0)
    final, validation = final_split(found, seed=0), validation_split(found, seed=0)
    assert (len(final.train), len(final.held_out)) == (60_000, 10_000)
    assert (len(validation.train), len(validation.held_out)) == (50_000, 10_000)


@pytest.mark.slow
def test_mnist_is_the_published_one() -> None:
    if not os.environ.get("BNSIM_DATA"):
        pytest.skip("BNSIM_DATA is not set: it names the folder of the four MNIST files")
    found = load_task("mnist")
    assert np.bincount(found.y).tolist() == [6903, 7877, 6990, 7141, 6824, 6313, 6876, 7293, 6825, 6958]
    assert found.X.mean() == pytest.approx(33.386, abs=1e-3)  # 0.1307 and 0.1325 of 255, the parts' published means
