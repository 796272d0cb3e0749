"""The user's own data: an .npz file with `X` (n, ...) and `y` (n,), and `lengths` (n,) if samples are sequences.

With `lengths`, X is (n, time, channel): sequences of so many steps each, padded to the longest. What stands after the
end of a sequence is not read. Without, by the shape of a sample:

====================================  ==========================================================
(height, width)                       image
(height, width, 1), (1, height, width)  image of one channel
(height, width, 3), (3, height, width)  image in colour, converted to luma (`LUMA`)
any other                             plain features
====================================  ==========================================================

An image has two pixels at least in height and in width. What was assumed about samples that are no plain rows is said
in `Dataset.notes`; what can be read in two ways is refused.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bnsim import npz
from bnsim.errors import InputError, refuse_path
from experiments.tasks.dataset import Dataset
from experiments.tasks.sequences import of_sequences

LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in the luma of Recommendation ITU-R BT.601."""


def load(path: Path) -> Dataset:
    """Load an archive.

    Images are scaled to [0, 1]; features, and channels of sequences, are standardised; both by the training part. Each
    seed holds out its own 20 %.

    Parameters
    ----------
    path
        An .npz file with `X` (n, ...), real numbers, and `y` (n,), integers or strings; for sequences with `lengths`
        (n,), whole numbers. Object arrays are never unpickled.

    Returns
    -------
    Dataset
        The samples, with what was assumed about their shape in `notes`.

    Raises
    ------
    InputError
        If file or arrays cannot be used; the message names both.
    """
    X, y = (_array(path, name) for name in ("X", "y"))
    if "lengths" in npz.names_in(path):
        return _sequences(path, X, y, _array(path, "lengths"))
    return dataset(path, X, y)


def dataset(path: Path, X: NDArray, y: NDArray, notes: tuple[str, ...] = ()) -> Dataset:
    """Return samples that were read from a file as the data of a task.

    Parameters
    ----------
    path
        Path of the file, whose name is the task's.
    X
        Samples (n, ...), real numbers.
    y
        Classes (n,), integers or strings.
    notes
        What was assumed in reading them.

    Returns
    -------
    Dataset
        The samples.

    Raises
    ------
    InputError
        If the arrays cannot be used; the message names the file.
    """
    classes, labels = _checked(path, X, y)
    X, assumed = _images(path, X)
    is_image = X.ndim == 3
    return Dataset(
        name=path.stem,
        X=X.reshape(len(X), -1),
        y=labels.astype(np.int64),
        classes=tuple(str(value) for value in classes),
        image_shape=(X.shape[1], X.shape[2]) if is_image else None,
        scaling="range" if is_image else "standardise",
        notes=(*notes, *assumed),
    )


def _sequences(path: Path, X: NDArray, y: NDArray, lengths: NDArray) -> Dataset:
    if X.ndim != 3 or X.dtype.kind not in "biuf" or not all(X.shape[1:]):
        remedy = "give numbers (n, time, channel), or leave lengths out"
        raise refusal(path, f"X has shape {X.shape} and type {X.dtype} beside lengths", remedy)
    n_steps, n_channels = X.shape[1:]
    if lengths.shape != X.shape[:1] or lengths.dtype.kind not in "iu":
        reason = f"lengths has shape {lengths.shape} and type {lengths.dtype}"
        raise refusal(path, reason, f"give one whole number of steps for each of {len(X)} sequences")
    wrong = np.flatnonzero((lengths < 1) | (lengths > n_steps))
    if len(wrong):
        reason = f"lengths holds {lengths[wrong[0]]} at {wrong[0]}, and X {n_steps} steps"
        raise refusal(path, reason, f"give 1 to {n_steps} steps")
    after_the_end = np.arange(n_steps) >= lengths[:, None]
    X = np.where(after_the_end[:, :, None], X.dtype.type(0), X)  # there may be NaN there
    classes, labels = _checked(path, X, y)
    note = f"samples of shape {X.shape[1:]} were read as sequences of up to {n_steps} steps of {n_channels} channels"
    names = tuple(str(value) for value in classes)
    return of_sequences(path.stem, X, labels.astype(np.int64), names, lengths, scaling="standardise", notes=(note,))


def _checked(path: Path, X: NDArray, y: NDArray) -> tuple[NDArray, NDArray[np.intp]]:
    """The classes in order and each sample's place among them, once X and y are known to be samples and labels."""
    if X.ndim < 2 or X.dtype.kind not in "biuf":
        raise refusal(path, f"X has shape {X.shape} and type {X.dtype}", "give numbers (n, features) or (n, h, w)")
    if y.ndim != 1 or y.dtype.kind not in "biufU":
        raise refusal(path, f"y has shape {y.shape} and type {y.dtype}", "give one integer or string a sample")
    if len(X) != len(y):
        raise refusal(path, f"X holds {len(X)} samples, y {len(y)} labels", "give one label a sample")
    if X.size == 0:
        raise refusal(path, "X is empty", "give at least ten samples a class")
    for name, array in (("X", X), ("y", y)):
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            where = np.argwhere(~np.isfinite(array))[0]
            raise refusal(path, f"{name} is not finite at {tuple(map(int, where))}", "remove NaN and infinity")
    classes, labels = np.unique(y, return_inverse=True)
    if len(classes) < 2:
        raise refusal(path, f"y holds one class only, {classes[0]!s}", "give at least two classes")
    if y.dtype.kind == "f" and not (y == np.rint(y)).all():
        raise refusal(path, f"y holds fractions such as {y[y != np.rint(y)][0]!s}", "give classes, not measurements")
    return classes, labels


def _images(path: Path, X: NDArray) -> tuple[NDArray, tuple[str, ...]]:
    """X as grey images (n, height, width) or plain features (n, k), and what was assumed."""
    if X.ndim == 2:
        return X, ()
    shape, channels = X.shape[1:], ""
    if X.ndim == 4:
        X, channels = _one_channel(path, X)
    if X.ndim == 3 and min(X.shape[1:]) >= 2:
        height, width = X.shape[1:]
        hint = " (with an array lengths they are sequences)" if len(shape) == 2 else ""
        return X, (f"samples of shape {shape} were read as images of {height} x {width} pixels{channels}{hint}",)
    X = X.reshape(len(X), -1)
    return X, (f"samples of shape {shape} were read as {X.shape[1]} plain features; they are no images",)


def _one_channel(path: Path, X: NDArray) -> tuple[NDArray, str]:
    """X without its axis of channels, and what became of them; X (n, a, b, c) as it is where no axis is one."""
    colours = [axis for axis in (3, 1) if X.shape[axis] in (3, 4) and min(np.delete(X.shape, [0, axis])) >= 2]
    if len(colours) == 2:
        reason = f"X has shape {X.shape}, whose colours may be its second axis or its last"
        raise refusal(path, reason, "save one channel (n, h, w), or features (n, k)")
    if colours and X.shape[colours[0]] == 4:
        reason = f"X has shape {X.shape}, which may be colours with transparency"
        raise refusal(path, reason, "save the colours alone (n, h, w, 3), one channel (n, h, w), or features (n, k)")
    if colours:
        return np.moveaxis(X, colours[0], -1) @ np.array(LUMA), ", their colours as luma (ITU-R BT.601)"
    for axis in (3, 1):
        if X.shape[axis] == 1:
            return X.squeeze(axis), ""
    return X, ""


def _array(path: Path, name: str) -> NDArray:
    try:
        if name not in (names := npz.names_in(path)):
            held = ", ".join(names) or "nothing"
            raise refusal(path, f"array {name!r} is missing (it holds {held})", "save it with X=..., y=...")
        return npz.read(path, [name])[name]
    except InputError:
        raise
    except FileNotFoundError:
        raise refusal(path, "no such file", "give the path of an .npz, or the name of a task") from None
    except ValueError as error:
        if str(error).startswith("Object arrays"):
            remedy = f"save numbers, or names as text: {name}.astype(str)"
            raise refusal(path, f"{name} is an object array, which is never unpickled", remedy) from None
        raise _no_archive(path) from None
    except (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        refuse_path(error)
        raise _no_archive(path) from None


def _no_archive(path: Path) -> InputError:
    return refusal(path, "damaged, or no .npz file", "save it again with numpy.savez")


def refusal(path: Path, reason: str, remedy: str) -> InputError:
    """Return the error about a file of the user's own that cannot be used.

    Parameters
    ----------
    path
        Path of the file.
    reason
        What is wrong with it.
    remedy
        What to do.

    Returns
    -------
    InputError
        With the message on one line.
    """
    return InputError(f"{path}: {reason}; {remedy}")
