"""Convert a LeNet with batch normalisation and pooling, trained on MNIST, and say what is lost by time step.

    BNSIM_DATA=DIR python benchmarks/convert_keras.py [--pooling max|average] [--seeds 0 1 2] [--epochs 4]

The network is that of LeCun et al. (1998) in today's form: two convolutions of 5 x 5 with 6 and 16 filters, each
followed by batch normalisation, ReLU and 2 x 2 pooling, then 120, 84 and 10 units, with dropout. It is trained on the
first 50,000 images (Keras' own `fit`, Adam), saved as a .keras file, and converted by `experiments.convert`. Prints a
line of JSON for each seed.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from experiments import convert
from experiments.tasks import load_task
from experiments.tasks.dataset import validation_split
from models.artificial.backend import keras


def lenet(pooling: str) -> Any:
    """The network, not trained."""
    layers = keras.layers
    pool = {"max": layers.MaxPooling2D, "average": layers.AveragePooling2D}[pooling]
    convolutions = [
        layer
        for filters in (6, 16)
        for layer in (
            layers.Conv2D(filters, 5, padding="same" if filters == 6 else "valid", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            pool(2),
        )
    ]
    dense = [layers.Dense(120, activation="relu"), layers.Dense(84, activation="relu"), layers.Dropout(0.2)]
    return keras.Sequential(
        [keras.Input((28, 28, 1)), *convolutions, layers.Flatten(), *dense, layers.Dense(10, activation="softmax")]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pooling", choices=("max", "average"), default="max")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--test-samples", type=int)
    parser.add_argument("--to", type=Path, default=Path("converted"))
    given = parser.parse_args()
    for seed in given.seeds:
        folder = given.to / f"lenet-{given.pooling}-{seed}"
        folder.mkdir(parents=True, exist_ok=True)
        path, trained = folder / "lenet.keras", 0.0
        if not path.exists():
            trained = train(path, given.pooling, seed, given.epochs)
        found = convert(path, "mnist", steps=given.steps, seed=seed, test_samples=given.test_samples, to=folder)
        numbers = {name: value for name, value in found.numbers().items() if name != "accuracy_by_step"}
        print(json.dumps({**numbers, "pooling": given.pooling, "training_seconds": trained}), flush=True)


def train(path: Path, pooling: str, seed: int, epochs: int) -> float:
    """Train the network and save it; returns the seconds."""
    started = time.perf_counter()
    train = validation_split(load_task("mnist"), seed).train
    keras.utils.set_random_seed(seed)
    model = lenet(pooling)
    model.compile(keras.optimizers.Adam(2e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    X = train.X.reshape(-1, 28, 28, 1).astype("float32")
    halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate if epoch == 0 else rate / 2)
    model.fit(X, train.y, batch_size=128, epochs=epochs, callbacks=[halve], verbose=2)
    model.save(path)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
