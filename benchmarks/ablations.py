"""What each part of `diehl-cook` and each change of `diehl-cook-improved` is worth, on a validation split of MNIST.

    python benchmarks/ablations.py DIR [--train 20000] [--validate 10000] [--seeds 1]

DIR holds the four files of MNIST. Networks of 400 cells learn from the first training images, each shown once, and are
tested on the last ones; the test set is not opened. Each line but those of `diehl-cook-improved` changes one thing of
the first line. Readouts, looks and labels, taken while the network learned or from 12,000 training images shown again,
are ways of reading the same trained network. Results are kept in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.tasks import load_task
from models.spiking.diehl_cook_improved import ImprovedDiehlCook
from models.spiking.label_readout import READOUTS

PAPER = {"blocked": 50.0, "saccade": 0}
SHOWN_AGAIN = 12_000
CONDITIONS = {
    "as diehl-cook": PAPER,
    "input delays of 0 to 10 ms": {**PAPER, "delay": 10.0},
    "blocked for 20 ms": {**PAPER, "blocked": 20.0},
    "no repeated presentations": {**PAPER, "minimum_spikes": 0},
    "thresholds do not decay in the silence": {**PAPER, "tau_theta": 1e7},
    "as diehl-cook-improved": {"blocked": 10.0, "saccade": 1},
    "blocked for 5 ms, as the paper says": {**PAPER, "blocked": 5.0},
}


def measured(
    X: NDArray[np.float64], y: NDArray[np.int64], held: int, seed: int, changed: dict[str, Any]
) -> Iterator[tuple[tuple[int, str], str, float]]:
    """((looks, labels), readout, accuracy in percent) of one network."""
    model = ImprovedDiehlCook(image_shape=(28, 28), label_samples=0, passes=1, random_state=seed, **changed)
    model.fit(X[:-held], y[:-held])
    named = {"while learning": model.readout_}
    if model.saccade:
        model.label_samples = SHOWN_AGAIN
        model._finish(X[:-held], y[:-held], np.arange(len(X) - held))
        named["shown again"] = model.readout_
    for saccade in sorted({0, model.saccade}):
        model.saccade = saccade
        counts = model._counts(X[-held:], "excitatory")
        for labels, readout in named.items():
            for name, votes in READOUTS.items():
                right = votes(readout, counts).argmax(axis=1) == y[-held:]
                yield (5 if saccade else 1, labels), name, 100 * right.mean()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", type=Path)
    parser.add_argument("--train", type=int, default=20_000)
    parser.add_argument("--validate", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    dataset = load_task("mnist", options.images)
    chosen = np.r_[: options.train, 60_000 - options.validate : 60_000]
    X, y = dataset.X[chosen] / 255, dataset.y[chosen]
    print("| network | looks | labels |", *(f"{readout} |" for readout in READOUTS))
    print("|---|---|---|" + "---|" * len(READOUTS))
    for name, changed in CONDITIONS.items():
        found: dict[tuple[int, str], dict[str, list[float]]] = {}
        for seed in range(options.seeds):
            for read, readout, accuracy in measured(X, y, options.validate, seed, changed):
                found.setdefault(read, {}).setdefault(readout, []).append(accuracy)
        for (looks, labels), accuracies in found.items():
            print(
                f"| {name} | {looks} | {labels} |",
                *(f"{np.mean(values):.2f} |" for values in accuracies.values()),
                flush=True,
            )


if __name__ == "__main__":
    main()
