"""Hypothesis strategies that damage the content of a file: its bytes, or what is inside."""

from __future__ import annotations

import copy
import io
import json
import tomllib
import zipfile
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import tomlkit
from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]

EXECUTED: list[str] = []
"""What payloads were run."""


def executed(what: str) -> None:
    """Remember that a payload was run."""
    EXECUTED.append(what)


class Payload:
    """Runs when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return executed, ("a pickle",)


def _index(draw: Draw, length: int) -> int:
    return draw(st.integers(0, max(0, length - 1)))


# Bytes


@st.composite
def of_bytes(draw: Draw, content: bytes) -> bytes:
    """Flip, cut, insert, repeat or blank some bytes."""
    data = bytearray(content)
    at = _index(draw, len(data))
    match draw(st.sampled_from(["flip", "cut", "insert", "blank", "nothing", "twice", "other"])):
        case "flip":
            for _ in range(draw(st.integers(1, 8))):
                if data:
                    data[_index(draw, len(data))] ^= draw(st.integers(1, 255))
        case "cut":
            del data[at:]
        case "insert":
            data[at:at] = draw(st.binary(min_size=1, max_size=20))
        case "blank":
            data[at : at + 40] = bytes(len(data[at : at + 40]))
        case "nothing":
            data.clear()
        case "twice":
            data *= 2
        case "other":
            data = bytearray(draw(st.sampled_from([b"PK\5\6" + bytes(18), b"\x80\4N.", b"PAR1", b"\xff\xfe{", b"[]"])))
    return bytes(data)


# Arrays

_VALUES = (np.nan, np.inf, -np.inf, -1, 0, 2**31, 2**62, -(2**62), 1e300, -1e300, 0.5, 7)
_TYPES = ("?", "i1", "u1", "<i8", ">i4", "<u8", "<f2", "<f4", ">f8", "<c16", "U3", "S2", "M8[s]", "V4", "object")


def _retyped(draw: Draw, array: np.ndarray) -> np.ndarray:
    kind = draw(st.sampled_from(_TYPES))
    if kind == "object":
        return np.array([Payload()] * max(1, array.size), object)
    with np.errstate(all="ignore"):
        try:
            return array.astype(kind)
        except (ValueError, TypeError):
            return np.zeros(array.shape, kind)


def _reshaped(draw: Draw, array: np.ndarray) -> np.ndarray:
    match draw(st.sampled_from(["flat", "axis", "turned", "shorter", "longer", "empty", "one", "deep"])):
        case "flat":
            return array.ravel() if array.ndim != 1 else array.reshape(-1, 1)
        case "axis":
            return array[None]
        case "turned":
            return array.T if array.ndim > 1 else array[::-1] if array.ndim else array[None, None]
        case "shorter":
            return array[: len(array) // 2] if array.ndim else array
        case "longer":
            return np.concatenate([array, array]) if array.ndim else np.stack([array, array])
        case "empty":
            return array[:0] if array.ndim else np.zeros(0, array.dtype)
        case "one":
            return array.ravel()[0].reshape(()) if array.size else np.zeros((), array.dtype)
        case _:
            return array.reshape(array.shape + (1,) * 20)


def _revalued(draw: Draw, array: np.ndarray) -> np.ndarray:
    changed, value = np.array(array), draw(st.sampled_from(_VALUES))
    if changed.dtype.kind == "U":
        return np.full(changed.shape, draw(st.sampled_from(["", "\0\x1b[31m", "x" * 3000, "\ud800", "<b>", "9"])))
    place = np.unravel_index(_index(draw, changed.size), changed.shape) if changed.size else ()
    with np.errstate(all="ignore"):
        try:
            if draw(st.booleans()) or not changed.size:
                changed[...] = value
            else:
                changed[place] = value
        except (OverflowError, ValueError, TypeError):
            with suppress(TypeError):  # raw bytes take no number
                changed[...] = 1
    return changed


def _damage_array(draw: Draw, arrays: dict[str, Any]) -> None:
    """Damage one of several arrays, or its name."""
    name = draw(st.sampled_from(sorted(arrays)))
    array = np.asarray(arrays[name])
    match draw(st.sampled_from(["drop", "rename", "retype", "reshape", "value", "value", "swap", "add"])):
        case "drop":
            del arrays[name]
        case "rename":
            new = draw(st.sampled_from([f"{name}x", name.upper(), name.replace("/", "/../"), "", name[:-1], "x/y/z"]))
            arrays[new] = arrays.pop(name)
        case "retype":
            arrays[name] = _retyped(draw, array)
        case "reshape":
            arrays[name] = _reshaped(draw, array)
        case "value":
            arrays[name] = _revalued(draw, array)
        case "swap":
            other = draw(st.sampled_from(sorted(arrays)))
            arrays[name], arrays[other] = arrays[other], arrays[name]
        case "add":
            arrays[draw(st.sampled_from(["extra", f"{name}/more", "spikes/none/time", "none.w"]))] = array


def _packed(arrays: dict[str, Any], claims: dict[str, Any] | None = None) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=True)
            archive.writestr(f"{name}.npy", member.getvalue())
    return file.getvalue()


@st.composite
def of_npz(draw: Draw, content: bytes) -> bytes:
    """Damage the bytes of an .npz file, or one or two of its arrays, or the JSON of its header."""
    if draw(st.integers(0, 3)) == 0:
        return draw(of_bytes(content))
    with np.load(io.BytesIO(content)) as file:
        arrays: dict[str, Any] = {name: file[name] for name in file.files}
    if "header" in arrays and draw(st.booleans()):
        text = draw(of_json(str(arrays["header"]).encode()))
        arrays["header"] = np.array(text.decode(errors="replace"))
        return _packed(arrays)
    for _ in range(draw(st.integers(1, 2))):
        if arrays:
            _damage_array(draw, arrays)
    return _packed(arrays)


@st.composite
def of_npy(draw: Draw, content: bytes) -> bytes:
    """Damage the bytes of an .npy file, or its array."""
    if draw(st.integers(0, 3)) == 0:
        return draw(of_bytes(content))
    array = np.load(io.BytesIO(content))
    changed = draw(st.sampled_from([_retyped, _reshaped, _revalued]))(draw, array)
    file = io.BytesIO()
    np.lib.format.write_array(file, changed, allow_pickle=True)
    return file.getvalue()


def _store(file: Any, place: str, array: np.ndarray) -> Any:
    """Store an array in an HDF5 file; of a type that HDF5 has not, zeros."""
    import h5py

    if array.dtype.kind not in "UO":
        try:
            return file.create_dataset(place, data=array)
        except (TypeError, ValueError, RuntimeError):
            return file.create_dataset(place, data=np.zeros(2))
    texts = np.array(
        [str(each).replace("\0", "").encode("utf-8", "replace") for each in array.ravel()], object
    ).reshape(array.shape)
    return file.create_dataset(place, data=texts, dtype=h5py.string_dtype())


@st.composite
def of_hdf5(draw: Draw, content: bytes) -> bytes:
    """Damage the bytes of an HDF5 file, or one of its arrays, attributes or groups, or what one claims or refers to."""
    import h5py

    if draw(st.integers(0, 3)) == 0:
        return draw(of_bytes(content))
    buffer = io.BytesIO(content)
    with h5py.File(buffer, "r+") as file:
        places: list[str] = []
        file.visit(places.append)
        place = draw(st.sampled_from([each for each in places if not each.startswith("specifications")]))
        found = file[place]
        values = found[()] if isinstance(found, h5py.Dataset) else np.zeros(3)
        match draw(st.sampled_from(["drop", "rename", "attribute", "claim", "link", "elsewhere", *["array"] * 6])):
            case "drop":
                del file[place]
            case "rename":
                file.move(place, draw(st.sampled_from([f"{place}x", place.upper(), f"x/{place}"])))
            case "attribute":
                for name in list(found.attrs):
                    found.attrs[name] = draw(st.sampled_from([np.nan, -1, "x" * 3000, "<b>", [[1]], b"\xff"]))
            case "claim":
                del file[place]
                file.create_dataset(place, (10**12,), "f8", chunks=(1000,))
            case "link":
                del file[place]
                file[place] = draw(st.sampled_from([h5py.ExternalLink("/etc/passwd", "/x"), h5py.SoftLink("/")]))
            case "elsewhere":
                del file[place]
                file.create_dataset(place, (8,), "u1", external=[("/etc/passwd", 0, 8)])
            case _:
                array = np.asarray(values)
                if array.dtype.kind == "O":
                    array = np.array([each.decode() for each in array.ravel()], "U").reshape(array.shape)
                changed = draw(st.sampled_from([_retyped, _reshaped, _revalued]))(draw, array)
                attributes = dict(found.attrs)
                del file[place]
                _store(file, place, changed).attrs.update(attributes)
    return buffer.getvalue()


# Documents

CODE: tuple[Any, ...] = tuple(
    {"module": module, "class_name": name, "config": {"what": "a configuration"}, "registered_name": registered}
    for module, name, registered in [
        ("tests.fuzz.damage", "executed", None),
        ("tests.fuzz.damage", "executed", "executed"),
        ("keras.layers", "Lambda", None),
        ("builtins", "function", "function"),
    ]
)
"""Objects in the form of Keras, of which some would run code."""

_PUT: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 1, 3, 2**63, 10**40, 0.5, -0.5, 1e308, "", "x", "x" * 3000, "\ud800", "<b>&\x1b[31m"),
    *([], {}, [[]], [None], {"a": None}, ["x", 1], "2026-01-01", "../../..", "/etc/passwd", "nan"),
)


def _places(document: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to all entries of a document; of long lists, to the first and the last."""
    found = [above] if above else []
    if isinstance(document, dict):
        for key, value in document.items():
            found += _places(value, (*above, key))
    elif isinstance(document, list) and document:
        for index in sorted({0, len(document) // 2, len(document) - 1}):
            found += _places(document[index], (*above, index))
    return found


def _damage_entry(draw: Draw, document: Any) -> Any:
    places = _places(document)
    if not places:
        return draw(st.sampled_from(_PUT))
    *way, last = draw(st.sampled_from(places))
    holder = document
    for key in way:
        holder = holder[key]
    match draw(st.sampled_from(["delete", "put", "put", "rename", "twice", "text", "whole"])):
        case "delete":
            del holder[last]
        case "put":
            holder[last] = copy.deepcopy(draw(st.sampled_from(_PUT)))
        case "rename" if isinstance(holder, dict):
            holder[draw(st.sampled_from([f"{last}x", "", "run", "x" * 500]))] = holder.pop(last)
        case "twice" if isinstance(holder, list):
            holder.append(holder[last])
        case "text":
            holder[last] = str(holder[last])
        case "whole":
            return copy.deepcopy(draw(st.sampled_from(_PUT)))
    return document


@st.composite
def of_json(draw: Draw, content: bytes) -> bytes:
    """Damage the bytes of JSON, or one or two of its entries."""
    match draw(st.integers(0, 7)):
        case 0 | 1:
            return draw(of_bytes(content))
        case 2:
            wild = ["NaN", "1e999", "[" * 100_000, "9" * 5000, '{"a": 1, "a": 2}', "-Infinity"]
            return draw(st.sampled_from(wild)).encode()
    document = json.loads(content)
    for _ in range(draw(st.integers(1, 2))):
        document = _damage_entry(draw, document)
    return json.dumps(document).encode()


@st.composite
def of_keras(draw: Draw, content: bytes) -> bytes:
    """Damage the bytes of a .keras file, its configuration, its weights, or which of them it holds."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    described, weights = "config.json", "model.weights.h5"
    match draw(st.sampled_from(["bytes", "members", "code", *["configuration"] * 4, *["weights"] * 4])):
        case "bytes":
            return draw(of_bytes(content))
        case "members":
            name = draw(st.sampled_from(sorted(members)))
            members[draw(st.sampled_from([f"{name}x", f"../{name}", name.upper()]))] = members.pop(name)
        case "code":
            document = json.loads(members[described])
            *way, last = draw(st.sampled_from(_places(document)))
            holder = document
            for key in way:
                holder = holder[key]
            holder[last] = draw(st.sampled_from(CODE))
            members[described] = json.dumps(document).encode()
        case "configuration":
            members[described] = draw(of_json(members[described]))
        case _:
            members[weights] = draw(of_hdf5(members[weights]))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in members.items():
            archive.writestr(name, held)
    return file.getvalue()


@st.composite
def of_csv(draw: Draw, content: bytes) -> bytes:
    """Damage the bytes of a table in text, or one or two of its cells."""
    if draw(st.integers(0, 2)) == 0:
        return draw(of_bytes(content))
    rows = [line.split(b" ") for line in content.splitlines()]
    for _ in range(draw(st.integers(1, 2))):
        row = draw(st.sampled_from(rows))
        place = _index(draw, len(row))
        put = [
            b"",
            b"x",
            b"-1",
            b"nan",
            b"9" * 400,
            b"NULL",
            b'"',
            b"../../x.json",
            b"/etc/passwd",
            b"\xff",
            b"\0",
            b"x" * 3000,
        ]
        match draw(st.sampled_from(["put", "put", "drop", "twice"])):
            case "put":
                row[place : place + 1] = [draw(st.sampled_from(put))]
            case "drop":
                del row[place : place + 1]
            case _:
                row[place:place] = row[place : place + 1]
    return b"\n".join(b" ".join(row) for row in rows) + b"\n"


@st.composite
def of_json_lines(draw: Draw, content: bytes) -> bytes:
    """Damage the bytes of a file of JSON lines, or one of its lines."""
    lines = content.splitlines()
    if not lines or draw(st.integers(0, 3)) == 0:
        return draw(of_bytes(content))
    place = _index(draw, len(lines))
    lines[place] = draw(of_json(lines[place]))
    return b"\n".join(lines) + b"\n"


@st.composite
def of_toml(draw: Draw, content: bytes) -> bytes:
    """Damage the bytes of TOML, or one or two of its entries."""
    if draw(st.integers(0, 3)) == 0:
        return draw(of_bytes(content))
    document = tomllib.loads(content.decode())
    for _ in range(draw(st.integers(1, 2))):
        document = _damage_entry(draw, document)
    try:
        return tomlkit.dumps(document).encode(errors="surrogatepass")
    except Exception:  # what TOML cannot hold, such as null
        return b"a = [" * 3000


# Tables


def _damage_column(draw: Draw, table: pa.Table) -> pa.Table:
    place = _index(draw, table.num_columns)
    name, column = table.column_names[place], table.column(place)
    match draw(st.sampled_from(["drop", "rename", "retype", "null", "value", "rows", "twice", "none"])):
        case "drop":
            return table.remove_column(place)  # another one may have its name
        case "rename":
            return table.rename_columns(
                [f"{name}x" if index == place else n for index, n in enumerate(table.column_names)]
            )
        case "retype":
            kind = draw(st.sampled_from([pa.string(), pa.int8(), pa.float64(), pa.bool_(), pa.binary(), pa.null()]))
            kept = [None if kind == pa.null() else _as(value, kind) for value in column.to_pylist()]
            return table.set_column(place, name, pa.array(kept, kind))
        case "null":
            return table.set_column(place, name, pa.nulls(table.num_rows, column.type))
        case "value":
            values, kind = column.to_pylist(), column.type
            put = draw(st.sampled_from([None, -1, 2**40, 0.5, "", "x", "x" * 2000, float("inf"), {"a": 1}]))
            values[_index(draw, len(values))] = put
            try:
                return table.set_column(place, name, pa.array(values, kind))
            except (pa.ArrowException, TypeError, ValueError):
                return table.set_column(place, name, pa.array([str(put)] * table.num_rows))
        case "rows":
            return table.slice(0, draw(st.integers(0, table.num_rows)))
        case "twice":
            return table.append_column(name, column)
    return table.slice(0, 0)


def _as(value: Any, kind: pa.DataType) -> Any:
    if pa.types.is_string(kind):
        return str(value)
    if pa.types.is_binary(kind):
        return str(value).encode()
    return bool(value) if pa.types.is_boolean(kind) else 1


@st.composite
def of_parquet(draw: Draw, content: bytes) -> bytes:
    """Damage the bytes of a Parquet file, or one or two of its columns."""
    if draw(st.integers(0, 2)) == 0:
        return draw(of_bytes(content))
    table = pq.read_table(io.BytesIO(content))
    for _ in range(draw(st.integers(1, 2))):
        if table.num_columns and table.num_rows:
            table = _damage_column(draw, table)
    if draw(st.integers(0, 5)) == 0:
        table = table.replace_schema_metadata({b"pandas": draw(st.sampled_from([b"{", b"{}", b"[]", b"null"]))})
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


# IDX


@st.composite
def of_idx(draw: Draw, content: bytes) -> bytes:
    """Damage the bytes of an IDX file, or the lengths of its axes."""
    if draw(st.booleans()):
        return draw(of_bytes(content))
    n_axes = content[3]
    lengths = [draw(st.sampled_from([0, 1, 3, 2**16, 2**32 - 1])) for _ in range(n_axes)]
    header = bytes([0, 0, draw(st.integers(0, 255)), draw(st.sampled_from([0, n_axes, 1, 255]))])
    return header + b"".join(length.to_bytes(4, "big") for length in lengths) + content[4 + 4 * n_axes :]
