"""Files of Keras from a stranger: nothing in them is run or made, and each is refused in one line."""

from __future__ import annotations

import base64
import json
import marshal
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from bnsim.errors import InputError
from models.artificial.backend import keras
from models.artificial.keras_archive import CONFIGURATION, WEIGHTS
from models.artificial.keras_source import read

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a sound file holds."""
    path = tmp_path_factory.mktemp("keras") / "model.keras"
    keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(3, activation="relu", name="d"), keras.layers.Dense(2)]
    ).save(path)
    read(path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def written(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def configured(members: Mapping[str, bytes], change: Callable[[dict[str, Any]], None]) -> dict[str, bytes]:
    """The members with another configuration of the layer d."""
    configuration = json.loads(members[CONFIGURATION])
    change(configuration["config"]["layers"][1])
    return {**members, CONFIGURATION: json.dumps(configuration).encode()}


def weighted(members: Mapping[str, bytes], folder: Path, change: Callable[[h5py.File], None]) -> dict[str, bytes]:
    """The members with other weights."""
    path = folder / "changed.h5"
    path.write_bytes(members[WEIGHTS])
    with h5py.File(path, "a") as file:
        change(file)
    return {**members, WEIGHTS: path.read_bytes()}


def refused(path: Path, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def code_that_writes(path: Path) -> str:
    """A function as Keras keeps that of a Lambda layer."""
    code = compile(f"open({str(path)!r}, 'w')", "<lambda>", "eval")
    return base64.b64encode(marshal.dumps(code)).decode()


def test_code_of_a_lambda_is_not_run(members: dict[str, bytes], tmp_path: Path) -> None:
    mark = tmp_path / "was run"

    def change(layer: dict[str, Any]) -> None:
        function = {
            "class_name": "__lambda__",
            "config": {"code": code_that_writes(mark), "defaults": None, "closure": None},
        }
        layer |= {"class_name": "Lambda", "config": {"name": "evil", "function": function, "arguments": {}}}

    refused(
        written(tmp_path / "m.keras", configured(members, change)), "layer 'evil' (Lambda): holds code, which is never"
    )
    assert not mark.exists()


@pytest.mark.parametrize("place", ["kernel_initializer", "bias_constraint", "kernel_regularizer"])
def test_what_bears_on_training_alone_is_not_handed_to_keras(
    place: str, members: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keras would import the module that such an option names."""
    seen = []
    deserialize = keras.saving.deserialize_keras_object

    def watched(configuration: dict[str, Any], **options: Any) -> Any:
        seen.append((json.dumps(configuration), options))
        return deserialize(configuration, **options)

    def change(layer: dict[str, Any]) -> None:
        layer["config"][place] = {"module": "os", "class_name": "mkdir", "config": {}, "registered_name": "mkdir"}

    monkeypatch.setattr(keras.saving, "deserialize_keras_object", watched)
    source = read(written(tmp_path / "m.keras", configured(members, change)))
    assert source.network.output.n_units == 2
    ((handed, options),) = seen
    assert "mkdir" not in handed
    assert options == {"safe_mode": True}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"module": "os", "class_name": "mkdir"}, "layer 'd' (mkdir): a custom class of 'os', never imported"),
        ({"registered_name": "mine>Dense"}, "layer 'd' (Dense): a custom class of 'keras.layers', never imported"),
        ({"config": 3}, "a layer of class 'Dense' without a name; save the model again"),
        ({"class_name": {"a": 1}}, "layer 'd' ({'a': 1}): cannot become spiking; use InputLayer, Dense"),
        ({"units": 10**9}, "layer 'd' (Dense): with it the model has 5,000,000,000 weights, and the file holds 23"),
        ({"units": -1}, "layer 'd' (Dense): units is -1; build the layer with Keras 3 and save the model again"),
        ({"units": True}, "layer 'd' (Dense): units is True"),
        ({"use_bias": False}, "Keras cannot load its weights ("),
        ({"dtype": "int8"}, "layer 'd' (Dense): computes in 'int8'; save the model in float32"),
        ({"lora_rank": 4}, "layer 'd' (Dense): has the option 'lora_rank'; build it without"),
        ({"activation": {"class_name": "function", "config": "exec"}}, "an object of class 'exec', never made"),
    ],
)
def test_configurations_are_checked(
    change: dict[str, Any], message: str, members: dict[str, bytes], tmp_path: Path
) -> None:
    def apply(layer: dict[str, Any]) -> None:
        outer = {"module", "registered_name", "config", "class_name"}
        for name, value in change.items():
            (layer if name in outer else layer["config"])[name] = value

    refused(written(tmp_path / "m.keras", configured(members, apply)), message)


def test_a_huge_input_is_refused_before_it_is_made(members: dict[str, bytes], tmp_path: Path) -> None:
    """It needs no weights, and a connection for each value."""
    configuration = json.loads(members[CONFIGURATION])
    given, *_ = configuration["config"]["layers"]
    given["config"]["batch_shape"] = [None, 10**6, 10**6, 1]
    pool = {"module": "keras.layers", "class_name": "GlobalAveragePooling2D", "registered_name": None}
    pool["config"] = {"name": "p", "data_format": "channels_last", "keepdims": False}  # type: ignore[assignment]
    configuration["config"]["layers"] = [given, pool]
    path = written(tmp_path / "m.keras", {**members, CONFIGURATION: json.dumps(configuration).encode()})
    refused(
        path, "holds 2.4e+04 GB, more than the 1.07 GB that are read; if you trust it, set the environment variable"
    )


def huge(file: h5py.File) -> None:
    """An array of 8 TB, of which nothing is written."""
    file.create_dataset("layers/more", (10**6, 10**6), "f8", chunks=(1000, 1000))


def huge_pieces(file: h5py.File) -> None:
    """A small array whose only piece is unpacked to 3 GB."""
    file.create_dataset("layers/more", (1,), "f4", maxshape=(None,), chunks=(750_000_000,), compression="gzip")


def linked(file: h5py.File) -> None:
    file["layers/more"] = h5py.ExternalLink("/etc/passwd", "/")


def soft(file: h5py.File) -> None:
    file["layers/more"] = h5py.SoftLink("/layers")


def circular(file: h5py.File) -> None:
    file["layers/more"] = file["layers"]


def outside(file: h5py.File) -> None:
    file.create_dataset("layers/more", (4,), "u1", external=[("/etc/passwd", 0, 4)])


def objects(file: h5py.File) -> None:
    file.create_dataset("layers/more", data=["text"], dtype=h5py.string_dtype())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (huge, "holds 8e+03 GB, more than the 1.07 GB that are read; if you trust it, set the environment variable"),
        (huge_pieces, "holds 3 GB, more than the 1.07 GB that are read"),
        (linked, "its weights hold '/layers/more', a link to another place; save the model again"),
        (soft, "its weights hold '/layers/more', a link to another place"),
        (circular, "entered twice, or one of too many"),
        (outside, "its weights hold '/layers/more', an array that lies in another file"),
        (objects, "its weights hold '/layers/more', of type object, no numbers"),
    ],
)
def test_weights_are_plain_arrays_of_known_size(
    change: Callable[[h5py.File], None], message: str, members: dict[str, bytes], tmp_path: Path
) -> None:
    refused(written(tmp_path / "m.keras", weighted(members, tmp_path, change)), message)


def test_weights_of_another_shape_are_refused(members: dict[str, bytes], tmp_path: Path) -> None:
    def change(file: h5py.File) -> None:
        del file["layers/dense/vars/0"]
        file["layers/dense/vars/0"] = np.zeros((2, 6), np.float32)

    refused(written(tmp_path / "m.keras", weighted(members, tmp_path, change)), "Keras cannot load its weights (")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    members: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "m.keras", {**members, CONFIGURATION: bytes(2**24 + 1)})
    assert path.stat().st_size < 100_000
    refused(path, "config.json of 17 MB is no model's; save the model again with model.save('model.keras') of Keras 3")
    monkeypatch.setenv("BNSIM_MOST_BYTES", "1e6")
    path = written(tmp_path / "m.keras", {**members, WEIGHTS: bytes(10**7)})
    refused(path, "holds 0.01 GB, more than the 0.001 GB that are read")


def test_a_member_that_is_longer_than_it_says_is_refused(members: dict[str, bytes], tmp_path: Path) -> None:
    """The size in the directory of the archive is made smaller; the content stays."""
    path = written(tmp_path / "m.keras", {**members, WEIGHTS: bytes(10**6)})
    content = path.read_bytes()
    size, smaller = (10**6).to_bytes(4, "little"), (100).to_bytes(4, "little")
    assert content.count(size) == 2
    path.write_bytes(content.replace(size, smaller))
    refused(path, "damaged, or no .keras file (")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_file_is_refused(share: float, members: dict[str, bytes], tmp_path: Path) -> None:
    path = written(tmp_path / "m.keras", members)
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    refused(path, "damaged, or no .keras file (")


def test_truncated_weights_are_refused(members: dict[str, bytes], tmp_path: Path) -> None:
    for length in (0, 100, len(members[WEIGHTS]) // 2):
        path = written(tmp_path / "m.keras", {**members, WEIGHTS: members[WEIGHTS][:length]})
        refused(path, "its weights are damaged (")


def test_other_files_are_refused(members: dict[str, bytes], tmp_path: Path) -> None:
    refused(tmp_path / "none.keras", "no such file; give the path of a .keras file")
    refused(tmp_path, "a folder; give the path of a .keras file")
    (tmp_path / "old.h5").write_bytes(members[WEIGHTS])
    refused(
        tmp_path / "old.h5", "a file of Keras 2, or no .keras file; load it with keras.models.load_model and save it"
    )
    refused(
        written(tmp_path / "a.keras", {"x": b""}), "needs config.json and model.weights.h5 once each, and has neither"
    )
    refused(written(tmp_path / "b.keras", {**members, CONFIGURATION: b"[" * 100_000}), "config.json is no JSON")
    refused(written(tmp_path / "c.keras", {**members, CONFIGURATION: b"[]"}), "config.json describes no model")
    refused(
        written(tmp_path / "d.keras", {**members, CONFIGURATION: b"{}"}), "a model of class None, whose code is not"
    )
    nothing = b'{"class_name": "Sequential", "config": {"layers": []}}'
    refused(written(tmp_path / "e.keras", {**members, CONFIGURATION: nothing}), "its configuration lists no layers")
