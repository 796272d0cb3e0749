"""Files of tasks."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from experiments.tasks import load_task, mnist
from experiments.tasks.dataset import final_split, validation_split
from tests.fuzz import damage
from tests.fuzz.kinds.kind import Kind
from tests.fuzz.kinds.library import digits


def use_archive(path: Path) -> None:
    """Load a task and split it."""
    dataset = load_task(str(path))
    repr(dataset.checksum)
    final_split(dataset, 0, 12)
    validation_split(dataset, 0)


def use_table(path: Path) -> None:
    """Load a table as a task and split it."""
    dataset = load_task(f"{path}:kind")
    repr(dataset.checksum)
    final_split(dataset, 0, 12)


def use_idx(path: Path) -> None:
    """Load MNIST from a folder."""
    mnist.load(path.parent)


def idx_files(folder: Path) -> Iterator[Path]:
    """Small files in the form of MNIST's."""
    for place, name in enumerate(mnist.CHECKSUMS):
        shape = (3, 4, 4) if place % 2 == 0 else (3,)
        header = struct.pack(f">BBBB{len(shape)}I", 0, 0, 8, len(shape), *shape)
        (folder / name).write_bytes(header + bytes(int(np.prod(shape))))
        yield folder / name


def kinds(folder: Path) -> list[Kind]:
    """Archives, tables, texts, and files of MNIST's form."""
    X, _ = digits()
    np.savez_compressed(folder / "task.npz", X=X.reshape(-1, 8, 8), y=np.tile(np.arange(3), 10))
    np.savez(folder / "words.npz", X=X, y=np.array(["a", "b", "c"] * 10))
    np.savez(
        folder / "sequences.npz", X=X.reshape(-1, 8, 8), lengths=np.arange(30) % 8 + 1, y=np.tile(np.arange(3), 10)
    )
    lines = [f"{row % 7}.5,{row * row},{'abc'[row % 3]}" for row in range(60)]
    (folder / "task.csv").write_text("\n".join(["width,height,kind", *lines]) + "\n", encoding="utf-8")
    letters = np.random.default_rng(0).choice(list("abcdef "), 14_000)
    (folder / "task.txt").write_text("".join(letters), encoding="utf-8")
    return [
        Kind(
            "archive of a task",
            tuple(folder / name for name in ("task.npz", "words.npz", "sequences.npz")),
            damage.of_npz,
            use_archive,
            1.5,
        ),
        Kind("table of a task", (folder / "task.csv",), damage.of_csv, use_table, 0.7),
        Kind("text of a task", (folder / "task.txt",), damage.of_bytes, use_archive, 0.3),
        Kind("IDX file", tuple(idx_files(folder)), damage.of_idx, use_idx, 0.3),
    ]
