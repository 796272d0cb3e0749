"""The cache of compiled networks: used where it is whole, mended where it is not, never half there."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import filelock
import numpy as np
import pytest
from brian2.devices.cpp_standalone.device import CPPStandaloneDevice
from brian2.units import ms, mV

import bnsim
from bnsim.engine import cache, compiler, resident
from bnsim.engine.simulator import Simulator
from bnsim.engine.standalone import StandaloneNetwork

from .networks import coins, driven, learning


def toss(folder: Path | None = None) -> Simulator:
    return coins().compile(trial=20 * ms, dt=1 * ms, backend="cpp", cache=folder)


def counts_of(simulator: Simulator) -> list[int]:
    _, recording = simulator.run(simulator.initial_state(0), np.full((1, 50), 0.5), key=1)
    return list(recording.counts["coins"][0])


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The folders in which the compiler was called; all get the binary of the first."""
    folders: list[Path] = []
    compiled = tmp_path_factory.mktemp("compiled") / "binary"
    compile_file = compiler.compile_file

    def counted(program: str, source: str, binary: str, folder: Path) -> None:
        folders.append(folder)
        if not compiled.exists():
            compile_file(program, source, binary, folder)
            shutil.copy(folder / binary, compiled)
        shutil.copy(compiled, folder / binary)

    monkeypatch.setattr(compiler, "compile_file", counted)
    return folders


def test_a_network_is_compiled_once(tmp_path: Path, compilations: list[Path]) -> None:
    expected = counts_of(toss(tmp_path))
    assert len(compilations) == 1
    for _ in range(3):
        assert counts_of(toss(tmp_path)) == expected
    assert len(compilations) == 1

    entry = next(path for path in tmp_path.iterdir() if path.is_dir())
    binary, manifest = entry / cache.BINARY, entry / cache.MANIFEST
    resident.close_idle()  # a file that is being run cannot be written to
    binary.write_bytes(binary.read_bytes()[:-100])
    assert counts_of(toss(tmp_path)) == expected
    assert len(compilations) == 2
    manifest.write_text(manifest.read_text()[:30])
    assert counts_of(toss(tmp_path)) == expected
    assert len(compilations) == 3
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == [entry]  # no workplace is left


def make(folder: Path) -> dict[str, object]:
    (folder / cache.BINARY).write_bytes(b"binary")
    return {"carried": []}


class Shelf(dict[str, cache.Compiled]):
    """An exchange in memory."""

    def put(self, fingerprint: str, compiled: cache.Compiled) -> None:
        self[fingerprint] = compiled


def test_what_one_machine_has_compiled_others_take(tmp_path: Path) -> None:
    def refuse(folder: Path) -> dict[str, object]:
        raise AssertionError("it is there")

    shelf = Shelf()
    with cache.exchanging(shelf):
        entry, made = cache.fetch(cache.cache_folder(tmp_path / "one"), "f", make)
        assert cache.fetch(cache.cache_folder(tmp_path / "two"), "f", refuse)[1] == made
    assert (tmp_path / "two" / "f" / cache.BINARY).read_bytes() == b"binary"
    assert os.access(tmp_path / "two" / "f" / cache.BINARY, os.X_OK)
    with pytest.raises(AssertionError, match="it is there"):
        cache.fetch(cache.cache_folder(tmp_path / "three"), "f", refuse)

    shelf["f"] = cache.Compiled(made, b"another binary")
    with cache.exchanging(shelf):  # damaged on its way
        entry, _ = cache.fetch(cache.cache_folder(tmp_path / "four"), "f", make)
    assert (entry / cache.BINARY).read_bytes() == b"binary"


@pytest.mark.parametrize(
    "manifest",
    ["", "{", "[]", "null", "{}", '{"checksum": "0"}', json.dumps({"checksum": None}), "[" * 100_000],
)
def test_any_damage_of_the_manifest_is_mended(tmp_path: Path, manifest: str) -> None:
    entry, made = cache.fetch(tmp_path, "f", make)
    (entry / cache.MANIFEST).write_text(manifest)
    assert not [each for each in cache.entries(tmp_path) if each.network]
    again, mended = cache.fetch(tmp_path, "f", make)
    assert (again, mended) == (entry, made)
    assert (entry / cache.MANIFEST).read_text() != manifest


def test_a_missing_binary_is_mended(tmp_path: Path) -> None:
    entry, _ = cache.fetch(tmp_path, "f", make)
    (entry / cache.BINARY).unlink()
    cache.fetch(tmp_path, "f", make)
    assert (entry / cache.BINARY).read_bytes() == b"binary"


def test_a_build_that_fails_leaves_no_entry(tmp_path: Path) -> None:
    def interrupted(folder: Path) -> dict[str, object]:
        make(folder)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.fetch(tmp_path, "f", interrupted)
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def disk_full(*arguments: object, **keywords: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("where", ["sources", "manifest", "lock"])
def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    if where == "sources":
        monkeypatch.setattr(CPPStandaloneDevice, "build", disk_full)
    elif where == "manifest":
        monkeypatch.setattr(Path, "write_text", disk_full)
    else:
        monkeypatch.setattr(cache.filelock.FileLock, "acquire", disk_full)
    with pytest.raises(bnsim.MachineError) as raised:
        toss(tmp_path)
    assert str(raised.value) == (
        f"cache: cannot build in {tmp_path} ([Errno 28] No space left on device); free space there or set BNSIM_CACHE"
    )
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def test_a_cache_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(bnsim.InputError) as raised:
        toss(file / "cache")
    assert str(raised.value) == (
        f"cache: cannot use {file}/cache (Not a directory); set BNSIM_CACHE to a folder that can be written"
    )


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_cache_that_cannot_be_written_to_serves_what_it_holds(tmp_path: Path) -> None:
    cache.fetch(tmp_path, "f", make)
    tmp_path.chmod(0o500)
    cache.fetch(tmp_path, "f", refuse)
    with pytest.raises(bnsim.InputError) as raised:
        cache.fetch(tmp_path, "another", make)
    assert str(raised.value) == f"cache: cannot write to {tmp_path}; set BNSIM_CACHE to a folder that can be written"


def test_a_cache_without_permission_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.fetch(tmp_path, "f", make)
    access = os.access
    monkeypatch.setattr(cache.os, "access", lambda path, mode: path != tmp_path and access(path, mode))
    cache.fetch(tmp_path, "f", refuse)
    with pytest.raises(bnsim.InputError) as raised:
        cache.fetch(tmp_path, "another", make)
    assert str(raised.value) == f"cache: cannot write to {tmp_path}; set BNSIM_CACHE to a folder that can be written"


def refuse(folder: Path) -> dict[str, object]:
    raise AssertionError("built though it was there")


@pytest.mark.parametrize(("mode", "who", "hint"), [(0o777, "everybody", ""), (0o770, "its group", ", or set ")])
def test_a_cache_into_which_others_can_put_programs(tmp_path: Path, mode: int, who: str, hint: str) -> None:
    tmp_path.chmod(mode)
    with pytest.raises(bnsim.InputError) as raised:
        cache.cache_folder(tmp_path)
    assert str(raised.value).startswith(
        f"cache: {who} can write programs into {tmp_path}, and they would be run; empty it and say `chmod go-w "
        f"{tmp_path}`{hint}"
    )
    tmp_path.chmod(0o755)
    assert cache.cache_folder(tmp_path) == tmp_path


def test_a_cache_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache.os, "getuid", lambda: tmp_path.stat().st_uid + 1)
    if tmp_path.stat().st_uid == 0:
        os.chown(tmp_path, 12345, -1)
    with pytest.raises(bnsim.InputError, match=f"cache: {tmp_path} belongs to another user, whose programs"):
        cache.cache_folder(tmp_path)
    monkeypatch.setenv(cache.SHARED, "1")
    assert cache.cache_folder(tmp_path) == tmp_path


def test_a_new_cache_is_private_and_a_shared_one_is_for_its_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cache.cache_folder(tmp_path / "own").stat().st_mode & 0o7777 == 0o700
    monkeypatch.setenv(cache.SHARED, "1")
    folder = cache.cache_folder(tmp_path / "shared")
    assert folder.stat().st_mode & 0o7777 == 0o2770
    entry, _ = cache.fetch(folder, "f", make)
    assert entry.stat().st_mode & 0o070 == 0o070
    assert (entry / cache.BINARY).stat().st_mode & 0o070 == 0o070
    assert (entry / cache.MANIFEST).stat().st_mode & 0o070 == 0o060
    folder.chmod(0o2777)
    with pytest.raises(bnsim.InputError, match="cache: everybody can write programs into"):
        cache.cache_folder(folder)


def test_entries_are_listed_and_removed_by_age_and_size(tmp_path: Path) -> None:
    for age, name in enumerate(("new", "old", "older")):
        entry, _ = cache.fetch(tmp_path, name, make)
        os.utime(entry / cache.MANIFEST, (1e9 - age, 1e9 - age))
    found = cache.entries(tmp_path)
    assert [entry.folder.name for entry in found] == ["new", "old", "older"]
    assert found[0].n_bytes == sum(path.stat().st_size for path in (tmp_path / "new").iterdir())
    with filelock.FileLock(tmp_path / "older.lock"):  # being built, or looked up
        assert cache.prune(tmp_path, down_to=found[0].n_bytes * 2) == []
    assert cache.prune(tmp_path, down_to=found[0].n_bytes * 2) == [found[2]]
    cache.fetch(tmp_path, "new", refuse)  # used now
    assert cache.prune(tmp_path, older_than=1000.0) == [found[1]]
    assert [entry.folder for entry in cache.prune(tmp_path)] == [found[0].folder]
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_vanished_is_made_anew(tmp_path: Path, compilations: list[Path]) -> None:
    """When the next process is started: one that lives goes on."""
    simulator = toss(tmp_path)
    expected = counts_of(simulator)
    shutil.rmtree(tmp_path)
    assert counts_of(simulator) == expected
    assert len(compilations) == 1
    resident.close_idle()
    assert counts_of(simulator) == expected
    assert len(compilations) == 2


def test_a_binary_that_ends_without_a_result(tmp_path: Path) -> None:
    shared = toss()._engine
    assert isinstance(shared, StandaloneNetwork)
    entry = Path(shutil.copytree(shared.folder, tmp_path / shared.folder.name))  # as compiled in this cache
    simulator = toss(tmp_path)
    (entry / cache.BINARY).write_text("#!/bin/sh\n")
    with pytest.raises(bnsim.MachineError) as raised:
        counts_of(simulator)
    assert str(raised.value) == f"compiled network: it ended without its result; remove {entry} to rebuild it"


def fingerprint(network: bnsim.Network, monkeypatch: pytest.MonkeyPatch, trial: int = 20, **options: object) -> str:
    """What the network would be compiled under, without compiling it."""
    monkeypatch.setattr("bnsim.engine.standalone.fetch", lambda folder, name, make: (folder / name, {"objects": []}))
    engine = network.compile(trial=trial * ms, dt=0.5 * ms, backend="cpp", **options)._engine  # type: ignore[arg-type]
    assert isinstance(engine, StandaloneNetwork)
    return engine.fingerprint


def changed(network: bnsim.Network, **fields: object) -> bnsim.Network:
    """The network with other fields of its first projection."""
    from dataclasses import replace

    first, *others = network.projections
    return replace(network, projections=[replace(first, **fields), *others])


def test_what_a_compiled_network_depends_on(monkeypatch: pytest.MonkeyPatch) -> None:
    network = learning()
    reference = fingerprint(network, monkeypatch)
    assert fingerprint(learning(), monkeypatch) == reference
    data = {
        "weights": bnsim.Uniform(0 * mV, 1 * mV),
        "connectivity": bnsim.FixedProbability(0.3),
        "delay": bnsim.Uniform(1 * ms, 4 * ms),  # the longest decides about the silence, so it stays
    }
    assert fingerprint(network, monkeypatch, trial=30) == reference
    assert fingerprint(network, monkeypatch, presentation=10 * ms) == reference
    for name, value in data.items():
        assert fingerprint(changed(network, **{name: value}), monkeypatch) == reference, name
    others = {
        "tau": fingerprint(changed(network, synapse=bnsim.ExponentialCurrent(tau=6 * ms)), monkeypatch),
        "rule": fingerprint(changed(network, plasticity=bnsim.PairSTDP(w_max=11 * mV)), monkeypatch),
        "no rule": fingerprint(changed(network, plasticity=None), monkeypatch),
        "one delay": fingerprint(changed(network, delay=1 * ms), monkeypatch),
        "network": fingerprint(driven(), monkeypatch),
    }
    assert len({reference, *others.values()}) == 1 + len(others)


def test_what_builders_that_were_killed_have_left_is_removed(tmp_path: Path) -> None:
    dead, living = tmp_path / "building-dead-x1", tmp_path / "building-living-x2"
    for workplace in (dead, living):
        workplace.mkdir()
        (workplace / "file").touch()
    with filelock.FileLock(tmp_path / "living.lock"):
        cache.fetch(tmp_path, "another", make)
    assert not dead.exists()
    assert (living / "file").exists()


def test_who_builds_an_entry_removes_all_remains_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process held its lock while this one cleared, and has removed one of two."""
    monkeypatch.setattr(cache, "_clear", lambda folder: None)
    left = tmp_path / "building-entry-x1"
    left.mkdir()
    entry, _ = cache.fetch(tmp_path, "entry", make)
    assert not left.exists()
    assert entry.exists()
