"""The state: immutable, complete, saved as plain arrays."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from brian2.units import ms, mV, nS
from brian2.units.allunits import uvolt

import bnsim

from .networks import driven, intensities, learner


def test_saved_and_loaded_in_the_middle_of_a_run(tmp_path: Path) -> None:
    """A run that goes on from the file ends like one that was never interrupted."""
    simulator = learner("cpp")
    state, _ = simulator.run_for(simulator.initial_state(1), 150 * ms, intensities(10)[:5])
    state.save(tmp_path / "state.npz")
    loaded = bnsim.State.load(tmp_path / "state.npz")
    assert list(loaded) == list(state)
    ends = [simulator.run_for(start, 150 * ms, intensities(10)[5:])[0] for start in (state, loaded)]
    ends.append(simulator.run_for(simulator.initial_state(1), 300 * ms, intensities(10))[0])
    for name in ends[0]:
        assert loaded[name].dtype == state[name].dtype, name
        assert ends[0][name].tobytes() == ends[1][name].tobytes() == ends[2][name].tobytes(), name


def test_the_file_is_plain(tmp_path: Path) -> None:
    bnsim.State({"a.w": np.arange(3.0)}).save(tmp_path / "state.npz")
    with np.load(tmp_path / "state.npz", allow_pickle=False) as data:
        assert set(data.files) == {"bnsim", "a.w"}  # the first says that it is a state
        assert data["a.w"].tolist() == [0, 1, 2]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


def corrupt(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[60:90] = bytes(30)
    path.write_bytes(bytes(data))


def one_array(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.zeros(3))


def another_archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "hello")


DAMAGE = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("no archive"),
    "cut short": cut,
    "corrupt": corrupt,
    "one array": one_array,
    "objects": lambda path: np.savez(path, a=np.array([{}, None], dtype=object)),
    "another archive": another_archive,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_files_that_are_no_state(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "state.npz"
    bnsim.State({"a.w": np.random.default_rng(0).random(100)}).save(path)
    DAMAGE[damage](path)
    with pytest.raises(bnsim.InputError) as raised:
        bnsim.State.load(path)
    message = str(raised.value)
    assert message.startswith(f"State.load: cannot read {path} (")
    assert message.endswith("); give a file written by State.save or the folder that a run was told to write to")
    assert "\n" not in message


def test_it_is_a_mapping_that_cannot_be_changed() -> None:
    given = np.zeros(3)
    state = bnsim.State({"a.w": given})
    given[0] = 1
    assert state["a.w"].tolist() == [0, 0, 0]
    with pytest.raises(ValueError, match="read-only"):
        state["a.w"][0] = 1
    assert repr(state) == "<State: a.w (3,)>"
    with pytest.raises(bnsim.InputError) as raised:
        state["b.w"]
    assert str(raised.value) == "State: no array 'b.w'; it holds a.w"


def test_replacing_an_array() -> None:
    state = bnsim.State({"a.w": np.zeros(3), "a.source": np.zeros(3, np.int32)})
    other = state.replace({"a.w": [1, 2, 3]})
    assert other["a.w"].tolist() == [1, 2, 3]
    assert other["a.w"].dtype == np.float64
    assert state["a.w"].tolist() == [0, 0, 0]
    with pytest.raises(bnsim.InputError) as raised:
        state.replace({"a.w": np.zeros(2)})
    assert str(raised.value) == "State.replace: 'a.w' has shape (2,); give (3,)"


def test_weights_have_a_unit() -> None:
    cells = [bnsim.Population("E", 2, bnsim.LIF()), bnsim.Population("I", 3, bnsim.LIF())]
    edges = bnsim.EdgeList([0, 0, 1, 1], [2, 0, 1, 1], factor=[1, 2, 3, 4])
    network = bnsim.Network(cells, [bnsim.Projection("E", "I", bnsim.Delta(), 0.5 * mV, edges)])
    state = network.compile(dt=1 * ms, backend="numpy").initial_state(0)
    weights = state.weights("E_to_I")
    assert bnsim.checks.describe(weights[0]) == "1 mV"  # in the order of source, then target
    np.testing.assert_allclose(weights / mV, [1, 0.5, 1.5, 2])
    np.testing.assert_allclose(state.weights("E_to_I", mV), [1, 0.5, 1.5, 2])
    matrix = state.weights("E_to_I", uvolt, matrix=True)
    np.testing.assert_allclose(matrix, [[1000, np.nan, 500], [np.nan, 3500, np.nan]])  # equal pairs are added
    for arguments, message in (
        (("E_to_I", nS), "State.weights(unit): the weights of 'E_to_I' are in V; give a unit of that kind"),
        (("E_to_E",), "State.weights(projection): unknown 'E_to_E'; did you mean 'E_to_I'? choose from E_to_I"),
    ):
        with pytest.raises(bnsim.InputError) as raised:
            state.weights(*arguments)
        assert str(raised.value) == message


def test_the_initial_state_follows_from_the_key() -> None:
    """The same on every back end; another key draws other weights and delays on the same edges."""
    states = [learner(backend).initial_state(1) for backend in ("cpp", "numpy")]
    for name in states[0]:
        assert states[0][name].tobytes() == states[1][name].tobytes(), name
    other = learner("numpy").initial_state(2)
    changed = {name for name in other if other[name].tobytes() != states[0][name].tobytes()}
    assert changed == {"key", "input_to_cells.w", "input_to_cells.delay", "inhibitory_to_cells.delay"}
    resting = driven().compile(trial=5 * ms, backend="numpy").initial_state(0)
    assert (resting["cells.v"] == -65e-3).all()
    assert resting["cells.not_refractory"].all()
    assert (resting["cells.lastspike"] == -1e4).all()
