"""The user's own data: an .npz file with `X` (n, ...) and `y` (n,).

`X` (n, height, width) are images, if both sides have two pixels at least; any other shape is read as plain features.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bnsim.errors import InputError
from experiments.tasks.dataset import Dataset


def load(path: Path) -> Dataset:
    """Images are scaled to [0, 1], features standardised, both by the training part; 20 % are held out a
    seed.

    `y` may hold integers or strings. Object arrays are never unpickled.
    Errors: InputError, naming file and array, for all that cannot be used.
    """
    X, y = (_array(path, name) for name in ("X", "y"))
    if X.ndim < 2 or X.dtype.kind not in "biuf":
        raise _refusal(path, f"X has shape {X.shape} and type {X.dtype}", "give numbers (n, features) or (n, h, w)")
    if y.ndim != 1 or y.dtype.kind not in "biufU":
        raise _refusal(path, f"y has shape {y.shape} and type {y.dtype}", "give one integer or string a sample")
    if len(X) != len(y):
        raise _refusal(path, f"X holds {len(X)} samples, y {len(y)} labels", "give one label a sample")
    if X.size == 0:
        raise _refusal(path, "X is empty", "give at least ten samples a class")
    for name, array in (("X", X), ("y", y)):
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            where = np.argwhere(~np.isfinite(array))[0]
            raise _refusal(path, f"{name} is not finite at {tuple(map(int, where))}", "remove NaN and infinity")
    classes, labels = np.unique(y, return_inverse=True)
    if len(classes) < 2:
        raise _refusal(path, f"y holds one class only, {classes[0]!s}", "give at least two classes")
    if y.dtype.kind == "f" and not (y == np.rint(y)).all():
        raise _refusal(path, f"y holds fractions such as {y[y != np.rint(y)][0]!s}", "give classes, not measurements")
    images = X.ndim == 3 and min(X.shape[1:]) >= 2
    return Dataset(
        name=path.stem,
        X=X.reshape(len(X), -1),
        y=labels.astype(np.int64),
        classes=tuple(str(value) for value in classes),
        image_shape=(X.shape[1], X.shape[2]) if images else None,
        scaling="range" if images else "standardise",
    )


def _array(path: Path, name: str) -> NDArray:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as data:  # an .npy gives an array: TypeError
            if name not in data.files:
                held = ", ".join(data.files) or "nothing"
                raise _refusal(path, f"array {name!r} is missing (it holds {held})", "save it with X=..., y=...")
            return data[name]
    except InputError:
        raise
    except FileNotFoundError:
        raise _refusal(path, "no such file", "give the path of an .npz, or the name of a task") from None
    except ValueError as error:
        if "allow_pickle" in str(error):
            remedy = "save numbers, or strings as a string array"
            raise _refusal(path, f"{name} is an object array, which is never unpickled", remedy) from None
        raise _refusal(path, "damaged, or no .npz file", "save it again with numpy.savez") from None
    except (OSError, EOFError, TypeError, zipfile.BadZipFile, zlib.error):
        raise _refusal(path, "damaged, or no .npz file", "save it again with numpy.savez") from None


def _refusal(path: Path, reason: str, remedy: str) -> InputError:
    return InputError(f"{path}: {reason}; {remedy}")
