"""What it costs to keep the states of a training: its share of the time, in one and the same training.

    python benchmarks/keeping.py DIR [--models receptive-field,dense,...] [--train 60000] [--every 30]

DIR holds the four files of MNIST. Each model is trained on the first training images with `fit(keep=folder)`; the time
that the keeping takes (checksum of the samples, states, their checksums, until they are on the disk) is taken within
the training, so that a busy machine slows down both alike. Results are kept in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from experiments.settings import settings_of
from experiments.tasks import load_task
from models import registry
from models.keeping import Keeper


class Clock:
    """Adds up the time in some functions, and counts their calls."""

    def __init__(self) -> None:
        self.seconds, self.calls = 0.0, 0

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed."""

        @wraps(function)
        def call(*arguments: Any) -> Any:
            started = time.perf_counter()
            try:
                return function(*arguments)
            finally:
                self.seconds += time.perf_counter() - started
                self.calls += 1

        return call


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", type=Path)
    parser.add_argument("--models", default="receptive-field,three-factor,dense,diehl-cook")
    parser.add_argument("--train", type=int, default=60_000)
    parser.add_argument("--every", type=float, default=30.0)
    options = parser.parse_args()
    task = load_task("mnist", options.images)
    X, y = task.X[: options.train], task.y[: options.train]
    for name in options.models.split(","):
        clock, keep, latest = Clock(), Keeper.keep, Keeper.latest
        Keeper.keep, Keeper.latest = clock.timed(keep), clock.timed(latest)  # type: ignore[method-assign]
        parameters = dict(settings_of(name, "large images").parameters("full"))
        if "image_shape" in registry.entry(name).parameter_names():
            parameters["image_shape"] = task.image_shape
        model = registry.create(name, **parameters, random_state=0)
        with tempfile.TemporaryDirectory() as folder:
            model.fit(X, y, keep=Path(folder) / "training", keep_every=options.every)
        Keeper.keep, Keeper.latest = keep, latest  # type: ignore[method-assign]
        share = 100 * clock.seconds / model.seconds_
        print(
            f"{name}: {clock.seconds:.2f} of {model.seconds_:.1f} s, {share:.2f} %, "
            f"{clock.calls - 1} states of a training of {len(X) * model.passes:,} presentations",
            flush=True,
        )


if __name__ == "__main__":
    main()
