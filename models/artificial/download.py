"""Data that Keras fetches and keeps in its own cache folder."""

from __future__ import annotations

import contextlib
import sys

import numpy as np
from numpy.typing import NDArray

from bnsim.errors import MachineError
from models.artificial.backend import keras


def mnist_arrays() -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """Training images, training labels, test images, test labels. Errors: MachineError without a network."""
    try:
        with contextlib.redirect_stdout(sys.stderr):  # Keras shows its progress on standard output
            (train_X, train_y), (test_X, test_y) = keras.datasets.mnist.load_data()
    except Exception as error:  # Keras raises a bare Exception where the fetch fails
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise MachineError(
            f"mnist: the download failed ({reason}); give the folder of the four IDX files as --data-dir"
        ) from error
    return train_X, train_y, test_X, test_y
