"""A run depends on its arguments alone: not on other runs, other processes, or Brian2's own global state."""

from __future__ import annotations

import gc
import logging
import subprocess
import sys
from pathlib import Path

import brian2
import numpy as np
import pytest
from brian2.codegen.generators import base as generators
from brian2.devices.device import get_device, reset_device, set_device
from brian2.units import ms

import bnsim
from bnsim import InputError
from bnsim.engine.build import without_upkeep
from bnsim.engine.runtime import RuntimeNetwork

from .networks import coins, driven, intensities, learner, three_factor

OTHER_PROCESS = """
import hashlib, sys
from tests.bnsim.engine.networks import intensities, learner
simulator = learner("cpp")
state, recording = simulator.run(simulator.initial_state(1), intensities(6), key=3)
data = state["input_to_cells.w"].tobytes() + recording.counts["cells"].tobytes()
print(simulator._engine.fingerprint, hashlib.sha256(data).hexdigest())
"""


def start(cache: Path) -> subprocess.Popen[str]:
    environment = {"BNSIM_CACHE": str(cache), "PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(cache)}
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", OTHER_PROCESS],
        cwd=Path(__file__).parents[3],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_two_processes_build_and_run_at_once(tmp_path: Path) -> None:
    """Both start with an empty cache; one compiles, both find the same, and so does this process."""
    both = [start(tmp_path), start(tmp_path)]
    said = [process.communicate(timeout=120)[0].split() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert said[0] == said[1]
    entries = [path.name for path in tmp_path.iterdir() if path.is_dir() and not path.name.startswith(".")]
    assert entries == [said[0][0]]
    assert said[0][0] == learner("cpp")._engine.fingerprint


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
def test_nothing_that_ran_before_matters(backend: str) -> None:
    def result() -> bytes:
        simulator = learner(backend)
        state, recording = simulator.run_for(
            simulator.initial_state(1), 120 * ms, intensities(4), record=[bnsim.Spikes("cells")]
        )
        return b"".join(array.tobytes() for array in (*state.values(), recording.spikes["cells"].time))

    first = result()
    brian2.seed(1)
    np.random.default_rng(5).random(3)
    simulator = learner(backend)
    other = simulator.initial_state(2)  # other edges
    state, _ = simulator.run_for(other, 90 * ms, intensities(3), record=[bnsim.Spikes("inhibitory")])
    simulator.run(state, intensities(3), key=9, plastic=False)
    coin_tosser = coins().compile(trial=5 * ms, dt=1 * ms, backend="numpy")
    coin_tosser.run(coin_tosser.initial_state(0), np.full((2, 50), 0.5))
    assert result() == first


def test_a_run_that_was_interrupted_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle of a trial, then the same run again on the same live objects."""
    simulator = three_factor().compile(trial=10 * ms, dt=0.5 * ms, backend="numpy")
    start = simulator.initial_state(0)
    train = [([0.001, 0.002, 0.003], [0, 1, 2])]
    later = [([0.008], [0])]
    _, expected = simulator.run(start, later, plastic=False, record=[bnsim.Spikes("input")])

    def interrupt(self: RuntimeNetwork, objects: object) -> None:
        raise KeyboardInterrupt

    silent = three_factor().compile(trial=10 * ms, dt=0.5 * ms, presentation=5 * ms, backend="numpy")
    with monkeypatch.context() as patch:
        patch.setattr(RuntimeNetwork, "_silence", interrupt)
        with pytest.raises(KeyboardInterrupt):
            silent.run(silent.initial_state(0), train, plastic=False)
    _, again = silent.run(silent.initial_state(0), [([0.004], [0])], plastic=False, record=[bnsim.Spikes("input")])
    assert again.counts["input"].tolist() == expected.counts["input"].tolist() == [[1, 0, 0]]
    assert again.spikes["input"].time.tolist() == [0.004]


def settings() -> dict[str, object]:
    logger = logging.getLogger("brian2")
    return {
        "preferences": brian2.prefs.as_file,
        "device": get_device(),
        "level": logger.level,
        "handlers": list(logger.handlers),
        "clock": brian2.defaultclock.dt_,
    }


def test_brian2_is_left_as_it_was(tmp_path: Path) -> None:
    """Its device, preferences, log and default clock, whichever device is in use."""
    runtime = get_device()
    for device in ("runtime", "cpp_standalone"):
        if device != "runtime":
            set_device(device, build_on_run=False, directory=str(tmp_path / "user"))
        try:
            before = settings()
            for backend in ("cpp", "numpy"):
                simulator = coins().compile(trial=20 * ms, dt=1 * ms, backend=backend)
                simulator.run(simulator.initial_state(0), np.full((1, 50), 0.5))
            with pytest.raises(bnsim.InputError):  # and where it fails
                coins().compile(trial=20.5 * ms, dt=1 * ms, backend="numpy")
            assert settings() == before
        finally:
            if device != "runtime":
                reset_device()
    assert get_device() is runtime
    assert not (tmp_path / "user").exists()


@pytest.mark.slow
def test_live_objects_of_one_structure_are_shared_safely() -> None:
    """Two simulators that differ in weights only use the same objects, each with its own weights."""
    one, other = (driven().compile(trial=10 * ms, dt=0.5 * ms, backend="numpy") for _ in range(2))
    assert one._engine is other._engine
    first = learner("numpy")
    states = [first.initial_state(key) for key in (1, 2)]
    alone = [first.run(state, intensities(3), key=3, plastic=False)[1].counts["cells"] for state in states]
    assert not np.array_equal(alone[0], alone[1])
    second = learner("numpy")
    mixed = [
        simulator.run(state, intensities(3), key=3, plastic=False)[1].counts["cells"]
        for simulator, state in ((first, states[0]), (second, states[1]))
    ]
    assert all(np.array_equal(counts, expected) for counts, expected in zip(mixed, alone, strict=True))


def test_what_is_left_out_while_a_network_becomes_code_comes_back() -> None:
    cached = generators.make_statements

    @without_upkeep()
    def refused() -> None:
        assert not gc.isenabled()
        assert generators.make_statements is cached.__wrapped__
        raise InputError("refused")

    with pytest.raises(InputError):
        refused()
    assert gc.isenabled()
    assert generators.make_statements is cached
