"""TensorFlow as this project uses it: quiet, on one thread of the processor, deterministic.

Results of several threads or of a graphics card differ in the last bits from run to run, and training
amplifies them.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from bnsim.errors import MachineError, first_line


@contextmanager
def _silent() -> Iterator[None]:
    """Keep what TensorFlow's C++ prints while it loads from standard error; show it if loading fails."""
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as kept:
        os.dup2(kept.fileno(), 2)
        try:
            yield
        except BaseException:
            kept.seek(0)
            os.write(terminal, kept.read())
            raise
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"

with _silent():
    try:
        import keras
        import tensorflow as tf
    except ImportError as error:
        package = (error.name or "tensorflow").partition(".")[0]
        raise MachineError(
            f"artificial networks need {package}, which cannot be imported ({first_line(error)}); "
            f"say `{sys.executable} -m pip install --force-reinstall {package}`"
        ) from error

    try:
        tf.config.set_visible_devices([], "GPU")
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError as error:
        raise MachineError(
            "TensorFlow was already at work with other settings; import models.artificial before it is used"
        ) from error
    tf.config.experimental.enable_op_determinism()
    # Every fit compiles a loop of its own, of which TensorFlow warns from the fifth on.
    tf.get_logger().setLevel(logging.ERROR)

if keras.backend.backend() != "tensorflow":
    raise MachineError(
        f"Keras was already imported with its {keras.backend.backend()} backend; set KERAS_BACKEND=tensorflow"
    )

__all__ = ["keras", "tf"]
