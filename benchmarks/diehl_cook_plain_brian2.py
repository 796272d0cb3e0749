"""`diehl-cook` beside the network that Diehl & Cook (2015) describe, written from scratch in plain Brian2.

    python benchmarks/diehl_cook_plain_brian2.py DIR STORE [--train 10000] [--label 5000] [--test 5000] [--seeds 0 1]

DIR holds the four files of MNIST. Every network learns from the same first training images, in the order of the file;
then learning stops, the last --label of them name the cells, and the first --test images of the test set are
classified. No setting is chosen by the result. Each result is kept in the folder STORE as soon as it is there: the same
command goes on where an interrupted one stopped, the networks of plain Brian2 in the middle of their training. What
they share is the function that reads classes from counts of spikes (`models.spiking.label_readout`), nothing else.
Results are kept in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import brian2 as b2
import numpy as np
from brian2 import Hz, ms, second
from numpy.typing import NDArray

from experiments.tasks import load_task
from models.spiking.diehl_cook import DiehlCook
from models.spiking.label_readout import READOUTS, LabelReadout

Array = NDArray[Any]

N_PIXELS, N_CELLS = 784, 400
SHOWN, SLOT = 350 * ms, 500 * ms
SLOTS = 250
"""Presentations that one call of the binary simulates."""
CARRIED = {"cells": ("v", "ge", "gi", "theta"), "inhibitory": ("v", "ge", "gi"), "synapses": ("w",)}
"""What passes from call to call, weights and thresholds from learning to test as well. No spike is in flight, and no
trace of the rule is above 3 %, after the silence that ends a presentation."""

PLAIN = {
    "plain Brian2, blocked for 50 ms": 50.0,
    "plain Brian2, blocked for 5 ms": 5.0,
}
"""Time in ms for which a spike blocks the next."""
DELAYS = {"delay": 10.0}
OURS: dict[str, dict[str, Any]] = {
    "diehl-cook": {},
    "input delays of 0 to 10 ms": DELAYS,
    "no repeated presentations": {"minimum_spikes": 0},
    "thresholds do not decay in the silence": {"tau_theta": 1e7},
    "blocked for 20 ms": {"blocked": 20.0},
    "blocked for 5 ms": {"blocked": 5.0},
    "blocked for 5 ms, input delays": {"blocked": 5.0, **DELAYS},
    "blocked for 5 ms, input delays, stable integration": {
        "blocked": 5.0,
        "integration": "exponential-euler",
        **DELAYS,
    },
    "2 passes": {"passes": 2},
    "3 passes": {"passes": 3},
}
"""`diehl-cook` as it is, then with one thing changed at a time."""


class PlainNetwork:
    """The authors' network, as a binary that shows `SLOTS` images, each again and brighter while fewer than 5 spikes
    answer.

    All objects have names, so that a second network of the same kind has the same sources and is not compiled again.
    Time is in slots of 350 ms of image and 150 ms of silence. A controller holds which image is shown, how bright and
    how many spikes have answered. All in one binary, built once: images, weights, thresholds, the time for which a
    spike blocks the next and the seed are arguments of a run.
    """

    def __init__(self, folder: Path, delays: Array) -> None:
        b2.set_device("cpp_standalone", build_on_run=False, directory=str(folder))
        b2.device.reinit()
        b2.device.activate(build_on_run=False, directory=str(folder))
        b2.prefs["devices.cpp_standalone.extra_make_args_unix"] = ["-j1"]
        b2.defaultclock.dt = 0.5 * ms
        self.folder = folder
        self.pixels = b2.TimedArray(np.zeros((SLOTS, N_PIXELS)) * Hz, dt=1 * second, name="pixels")
        names = {"pixels": self.pixels, "SLOT": SLOT, "SHOWN": SHOWN}
        self.controller = self._controller()
        inputs = self._inputs(names)
        self.cells, self.inhibitory = self._cells(names), self._inhibitory()
        self.synapses = self._synapses(inputs, delays)
        excite = b2.Synapses(self.cells, self.inhibitory, on_pre="ge_post += 10.4", name="excite")
        excite.connect(j="i")
        inhibit = b2.Synapses(self.inhibitory, self.cells, on_pre="gi_post += 17.0", name="inhibit")
        inhibit.connect(condition="i != j")
        counting = "count_post += int((t + dt / 2) % SLOT < SHOWN)"
        count = b2.Synapses(self.cells, self.controller, on_pre=counting, namespace=names, name="counting")
        count.connect()
        self.image_seen = self._monitor(self.controller, "image", order=9)
        self.answers_seen = self._monitor(self.cells, "answers", order=-9)
        network = b2.Network(self.controller, inputs, self.cells, self.inhibitory, self.synapses)
        network.add(excite, inhibit, count, self.image_seen, self.answers_seen)
        b2.device.apply_run_args()
        seeding = "for (auto& generator : brian::_random_generators) generator.seed(_array_controller_chosen[0]);"
        b2.device.insert_code("main", seeding)
        network.run(SLOTS * SLOT)
        b2.device.build(directory=str(folder), run=False)

    @staticmethod
    def _monitor(group: b2.NeuronGroup, name: str, order: int) -> b2.StateMonitor:
        return b2.StateMonitor(group, name, record=True, dt=SLOT, when="start", order=order, name=f"seen_{name}")

    @staticmethod
    def _controller() -> b2.NeuronGroup:
        """One unit; its first step of a slot decides what is shown."""
        model = "image : integer\nimages : integer\nintensity : 1\ncount : 1\nchosen : integer\nshowing : 1"
        controller = b2.NeuronGroup(1, model, name="controller")
        text = """
        enough = int(count >= 5)
        image = image + enough
        intensity = 2 * enough + (intensity + 1) * (1 - enough)
        showing = int(image < images)
        count = 0
        """
        controller.run_regularly(text, dt=SLOT, when="start", order=-2, name="decide")
        return controller

    def _inputs(self, names: dict[str, Any]) -> b2.NeuronGroup:
        model = "rate : Hz\nimage : integer (linked)\nintensity : 1 (linked)\nshowing : 1 (linked)"
        inputs = b2.NeuronGroup(
            N_PIXELS, model, threshold="rate > 0*Hz and rand() < rate * dt", name="inputs", namespace=names
        )
        for name in ("image", "intensity", "showing"):
            setattr(inputs, name, b2.linked_var(self.controller, name))
        text = "rate = showing * intensity * pixels(image * second, i) * int((t + dt / 2) % SLOT < SHOWN)"
        inputs.run_regularly(text, dt=50 * ms, when="start", order=-1, name="illuminate")
        return inputs

    def _cells(self, names: dict[str, Any]) -> b2.NeuronGroup:
        """Cells; post1 and post2 are the traces of their last spike, which is noted after the synapses have acted."""
        model = """
        dv/dt = (-65 * mV - v - ge * v + gi * (-100 * mV - v)) / (100 * ms) : volt (unless refractory)
        dge/dt = -ge / (1 * ms) : 1
        dgi/dt = -gi / (2 * ms) : 1
        dtheta/dt = -theta * showing * learning / (1e7 * ms) : volt
        post1 = learning * exp(-(t - latest) / (20 * ms)) : 1 (constant over dt)
        post2 = learning * exp(-(t - latest) / (40 * ms)) : 1 (constant over dt)
        showing : 1 (linked)
        learning : 1 (shared)
        blocked : second (shared)
        latest : second
        incoming : 1
        answers : 1
        """
        reset = "v = -65 * mV; theta += learning * 0.05 * mV; latest = t; answers += int((t + dt / 2) % SLOT < SHOWN)"
        cells = b2.NeuronGroup(
            N_CELLS,
            model,
            threshold="v > theta - 72 * mV and t - latest > blocked + dt / 2",
            reset=reset,
            refractory=5 * ms,
            method="euler",
            name="cells",
            namespace=names,
        )
        cells.latest = -1 * second
        cells.showing = b2.linked_var(self.controller, "showing")
        cells.run_regularly("incoming = 0", dt=SLOT, when="start", order=1, name="empty")
        return cells

    @staticmethod
    def _inhibitory() -> b2.NeuronGroup:
        model = """
        dv/dt = (-60 * mV - v - ge * v + gi * (-85 * mV - v)) / (10 * ms) : volt (unless refractory)
        dge/dt = -ge / (1 * ms) : 1
        dgi/dt = -gi / (2 * ms) : 1
        """
        threshold, reset, name = "v > -40 * mV", "v = -45 * mV", "inhibitory"
        return b2.NeuronGroup(
            N_CELLS, model, threshold=threshold, reset=reset, refractory=2 * ms, method="euler", name=name
        )

    def _synapses(self, inputs: b2.NeuronGroup, delays: Array) -> b2.Synapses:
        """Synapses from the input. Traces are set to 1 by a spike, so that the time of the last one stands for them."""
        synapses = b2.Synapses(
            inputs,
            self.cells,
            "w : 1\narrival : second",
            on_pre="ge_post += w; arrival = t; w = clip(w - 1e-4 * post1_post, 0, 1)",
            on_post="w = clip(w + 1e-2 * exp(-(t - arrival) / (20 * ms)) * post2_post, 0, 1)",
            name="synapses",
        )
        synapses.connect()
        synapses.arrival = -1 * second
        synapses.pre.delay = delays * ms
        synapses.run_regularly("incoming_post += w", dt=SLOT, when="start", order=2, name="sum")
        synapses.run_regularly("w *= 78 / incoming_post", dt=SLOT, when="start", order=3, name="scale")
        return synapses

    def start(self, seed: int) -> dict[str, Array]:
        """The state before anything is shown."""
        v = {"cells.v": np.full(N_CELLS, -0.105), "inhibitory.v": np.full(N_CELLS, -0.1)}
        theta = {"cells.theta": np.full(N_CELLS, 0.02)}
        silent = {f"{group}.{name}": np.zeros(N_CELLS) for group in ("cells", "inhibitory") for name in ("ge", "gi")}
        weights = 0.3 * (np.random.default_rng([seed, 1]).random(N_PIXELS * N_CELLS) + 0.01)
        return {**v, **theta, **silent, "synapses.w": weights, "intensity": np.array(2.0), "again": np.array(0)}

    def show(
        self, images: Array, state: dict[str, Array], blocked: float, learning: bool, seed: int
    ) -> tuple[Array, dict[str, Array]]:
        """Counts (image, cell) of those of the first `SLOTS` images that were shown to the end, and the new state."""
        rates = np.zeros((SLOTS, N_PIXELS))
        part = images[:SLOTS]
        rates[: len(part)] = part / 8.0
        again = int(state["again"])
        arguments = {
            self.pixels: rates * Hz,
            self.cells.blocked: blocked * ms,
            self.cells.learning: float(learning),
            self.controller.chosen: seed,
            self.controller.images: len(part),
            # The first slot counts on from the one before: it repeats the first image, or takes it as a new one.
            self.controller.image: 0 if again else -1,
            self.controller.count: 0 if again else 5,
            self.controller.intensity: float(state["intensity"]),
        }
        for group, name in ((group, name) for group, names in CARRIED.items() for name in names):
            view = getattr(getattr(self, group), name)
            arguments[view] = b2.Quantity(state[f"{group}.{name}"], dim=view.dim)
        b2.device.run(str(self.folder), "results", with_output=False, run_args=arguments)
        for left in (self.folder / "static_arrays").glob("init_*"):  # Brian2 keeps the arguments of every run
            left.unlink()
        seen = np.vstack([np.asarray(self.answers_seen.answers).T, np.asarray(self.cells.answers[:])])
        shown = np.asarray(self.image_seen.image[0])
        last = np.flatnonzero(np.append(shown[1:] != shown[:-1], self.controller.count[0] >= 5) & (shown < len(part)))
        after = {f"{g}.{n}": np.asarray(getattr(getattr(self, g), n)[:]) for g, names in CARRIED.items() for n in names}
        after["again"] = np.array(int(len(last) < len(part) and self.controller.count[0] < 5))
        after["intensity"] = np.array(float(self.controller.intensity[0]))
        return np.diff(seen, axis=0)[last].astype(np.int32), after


def presented(
    network: PlainNetwork, images: Array, state: dict[str, Array], kept: Path, **condition: Any
) -> tuple[Array, dict[str, Array]]:
    """Counts (image, cell) and the state after all images; what is done is kept after every call of the binary."""
    counts, call, seed = np.zeros((0, N_CELLS), np.int32), 0, condition.pop("seed")
    if kept.exists():
        with np.load(kept) as stored:
            counts, call = stored["counts"], int(stored["call"])
            state = {name: stored[name] for name in state}
    if len(counts) > len(images):
        raise SystemExit(f"{kept}: has learned from {len(counts)} images; give a larger --train or another STORE")
    while len(counts) < len(images):
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        new, state = network.show(images[len(counts) :], state, seed=1000 * seed + call, **condition)
        counts, call = np.concatenate([counts, new]), call + 1
        fresh = kept.with_suffix(".new.npz")
        np.savez(fresh, counts=counts, call=call, **state)
        fresh.replace(kept)
        spent = (resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before) / SLOTS * 1e3
        spikes = new.sum() / max(1, len(new))
        print(
            f"{kept.stem}: {len(counts)}, {spikes:.1f} spikes an image, {spent:.1f} ms of CPU a presentation",
            flush=True,
        )
    return counts, state


def plain(X: Array, held: Sequence[Array], blocked: float, seed: int, store: Path) -> Iterator[Array]:
    """Counts of each of `held` after learning from X; learning goes on where a run with fewer images stopped."""
    network = PlainNetwork(store / "network", 10 * np.random.default_rng([seed, 0]).random(N_PIXELS * N_CELLS))
    stem = f"blocked-{blocked:g}-seed-{seed}"
    condition, kept = {"blocked": blocked, "learning": True, "seed": 10 * seed}, store / f"{stem}-learning.npz"
    learned = presented(network, X, network.start(seed), kept, **condition)[1]
    start = {**network.start(seed), **{name: learned[name] for name in ("synapses.w", "cells.theta")}}
    for part, images in enumerate(held, 1):
        condition = {**condition, "learning": False, "seed": 10 * seed + part}
        yield presented(network, images, start, store / f"{stem}-after-{len(X)}-{part}.npz", **condition)[0]


def ours(X: Array, y: Array, seed: int, changed: dict[str, Any]) -> DiehlCook:
    """Train `diehl-cook` on the images in their order."""
    model = DiehlCook(random_state=seed, **changed)
    for _ in range(changed.get("passes", 1)):
        for start in range(0, len(X), 500):
            chosen = slice(start, start + 500)
            model.partial_fit(X[chosen] / 255, y[chosen], classes=np.arange(10))
    return model


def result_of(name: str, seed: int, options: argparse.Namespace) -> dict[str, Any]:
    """Accuracies in percent of one network by each way to read classes from counts, and its spikes an image."""
    dataset, started = load_task("mnist", options.images), time.perf_counter()
    train, test = slice(0, options.train), slice(60_000, 60_000 + options.test)
    label = slice(options.train - options.label, options.train)
    held = [dataset.X[label], dataset.X[test]]
    readouts: dict[str, LabelReadout] = {}
    if name in PLAIN:
        counts = list(plain(dataset.X[train], held, PLAIN[name], seed, options.store))
    else:
        model = ours(dataset.X[train], dataset.y[train], seed, OURS[name])
        counts = [model._counts(images / 255, "excitatory") for images in held]
        readouts["while learning"] = model.readout_
    named = LabelReadout.empty(N_CELLS, 10).updated(counts[0], dataset.y[label], window=np.inf)
    readouts["afterwards"] = named
    y = dataset.y[test]
    accuracies = {
        f"{votes}, labels {when}": float(100 * (READOUTS[votes](readout, counts[1]).argmax(axis=1) == y).mean())
        for when, readout in readouts.items()
        for votes in READOUTS
    }
    spikes = float(counts[1].sum(axis=1).mean())
    seconds = time.perf_counter() - started
    return {"name": name, "seed": seed, "spikes": spikes, "seconds": seconds, "accuracies": accuracies}


def table(results: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Lines of a table: a row for each network, with the values of its seeds."""
    columns = [f"{votes}, labels afterwards" for votes in READOUTS] + ["most-active, labels while learning"]
    yield "| network | " + " | ".join([*columns, "spikes an image"]) + " |"
    yield "|---" * (len(columns) + 2) + "|"
    for name in dict.fromkeys(result["name"] for result in results):
        rows = [result for result in results if result["name"] == name]
        cells = [", ".join(f"{row['accuracies'].get(column, np.nan):.2f}" for row in rows) for column in columns]
        spikes = ", ".join(f"{row['spikes']:.1f}" for row in rows)
        yield f"| {name} | " + " | ".join([*cells, spikes]).replace("nan", "-") + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", type=Path)
    parser.add_argument("store", type=Path)
    parser.add_argument("--train", type=int, default=10_000)
    parser.add_argument("--label", type=int, default=5_000)
    parser.add_argument("--test", type=int, default=5_000)
    parser.add_argument("--seeds", type=int, nargs="*", default=[0, 1])
    parser.add_argument("--only", nargs="*", default=[*PLAIN, *OURS], choices=[*PLAIN, *OURS], metavar="NETWORK")
    options = parser.parse_args()
    options.store = options.store.resolve()
    options.store.mkdir(parents=True, exist_ok=True)
    results = []
    for name in options.only:
        for seed in options.seeds:
            kept = options.store / f"{name.replace(' ', '-')}-{options.train}-{seed}.json"
            if not kept.exists():
                kept.write_text(json.dumps(result_of(name, seed, options), indent=2))
                print(kept.read_text(), flush=True)
            results.append(json.loads(kept.read_text()))
    print(*table(results), sep="\n")


if __name__ == "__main__":
    main()
