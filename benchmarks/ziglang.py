"""The compiler from PyPI beside that of the machine and NumPy: the same spikes and weights, and its first build.

    pip install -e ".[compiler]"
    python benchmarks/ziglang.py

All other compilers are hidden from it. It builds its C++ library with the first network, once, in a new cache here. The
last bits of weights may differ from NumPy's (`tests/bnsim/engine/test_backends.py`).
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

import bnsim
from bnsim.engine.compiler import find_compiler
from tests.bnsim.engine.networks import intensities, learner


def main() -> None:
    warnings.simplefilter("ignore")  # the first build takes long, which is measured here
    record = [bnsim.Spikes(name) for name in ("input", "cells", "inhibitory")]
    results = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"BNSIM_CACHE": f"{folder}/networks", "ZIG_GLOBAL_CACHE_DIR": f"{folder}/zig"}
        for backend, path in (("cpp", os.environ["PATH"]), ("numpy", folder), ("cpp", folder)):
            os.environ["PATH"] = path
            begun = time.perf_counter()
            simulator = learner(backend)
            results.append(simulator.run(simulator.initial_state(1), intensities(20), key=3, record=record))
            compiler = find_compiler() if backend == "cpp" else None
            print(f"{compiler or 'NumPy'}: {time.perf_counter() - begun:.1f} s with what is built first")
    assert "ziglang" in (find_compiler() or ""), "ziglang is not installed"
    (gcc, seen), *others = results
    for state, recording in others:
        assert recording.spikes == seen.spikes
        np.testing.assert_allclose(state["input_to_cells.w"], gcc["input_to_cells.w"], rtol=0, atol=1e-14)
    print(f"{len(seen.spikes['cells'])} spikes of cells, equal in all three; weights within 1e-14 V")


if __name__ == "__main__":
    main()
