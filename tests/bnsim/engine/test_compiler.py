"""Compilers that are broken, missing, or not one."""

from __future__ import annotations

import shlex
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from brian2.units import ms

import bnsim
from bnsim.engine import backends
from bnsim.engine.compiler import find_compiler, first_build
from bnsim.errors import SlowBackendWarning

from .networks import coins


@pytest.fixture
def no_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "ziglang", None)  # as if it were not installed
    backends._warn_no_compiler.cache_clear()
    yield
    backends._warn_no_compiler.cache_clear()


def test_a_compiler_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken-compiler"
    broken.write_text("#!/bin/sh\necho 'warming up'\necho 'main.cpp:1: no' >&2\necho 'giving up' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("CXX", str(broken))
    with pytest.raises(bnsim.MachineError) as raised:
        coins().compile(trial=20 * ms, dt=1 * ms, cache=tmp_path / "cache")
    assert str(raised.value) == (
        f"compiler: {broken} failed with exit status 1: main.cpp:1: no | giving up; "
        'set CXX to a working C++ compiler or choose backend="numpy"'
    )
    assert [path for path in (tmp_path / "cache").iterdir() if path.is_dir()] == []


def test_a_compiler_that_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lazy = tmp_path / "lazy-compiler"
    lazy.write_text("#!/bin/sh\nexit 0\n")
    lazy.chmod(0o755)
    monkeypatch.setenv("CXX", str(lazy))
    with pytest.raises(bnsim.MachineError, match="failed with exit status 0: it printed nothing; set CXX"):
        coins().compile(trial=20 * ms, dt=1 * ms, cache=tmp_path / "cache")


def test_a_compiler_that_cannot_be_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Executable, but no program: the system refuses to start it."""
    nonsense = tmp_path / "nonsense"
    nonsense.write_bytes(b"\x00\x01\x02")
    nonsense.chmod(0o755)
    monkeypatch.setenv("CXX", str(nonsense))
    with pytest.raises(bnsim.MachineError) as raised:
        coins().compile(trial=20 * ms, dt=1 * ms, cache=tmp_path / "cache")
    assert str(raised.value) == (
        f"compiler: cannot start {nonsense} (Exec format error); "
        'set CXX to a working C++ compiler or choose backend="numpy"'
    )


def test_cxx_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    with pytest.raises(bnsim.MachineError) as raised:
        coins().compile(trial=20 * ms, dt=1 * ms)
    assert str(raised.value) == (
        "compiler: CXX='no-such-compiler' is not a program; set CXX to a C++ compiler or unset it"
    )


@pytest.mark.usefixtures("no_compiler")
def test_without_a_compiler_numpy_is_taken_with_one_warning() -> None:
    with pytest.warns(SlowBackendWarning) as warned:
        simulators = [coins().compile(trial=20 * ms, dt=1 * ms) for _ in range(3)]
    assert [str(warning.message) for warning in warned if warning.category is SlowBackendWarning] == [
        'no C++ compiler was found: simulating with backend "numpy", many times slower; '
        "install g++, or say `pip install 'bnsim[compiler]'`"
    ]
    assert [simulator.backend for simulator in simulators] == ["numpy"] * 3


@pytest.mark.usefixtures("no_compiler")
def test_cpp_without_a_compiler() -> None:
    with pytest.raises(bnsim.InputError) as raised:
        coins().compile(trial=20 * ms, dt=1 * ms, backend="cpp")
    assert str(raised.value) == (
        "compile(backend): \"cpp\" needs a C++ compiler; install g++, say `pip install 'bnsim[compiler]'`, "
        'or choose backend="numpy"'
    )


@pytest.mark.usefixtures("no_compiler")
def test_a_chosen_backend_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", SlowBackendWarning)
        assert coins().compile(trial=20 * ms, dt=1 * ms, backend="numpy").backend == "numpy"


def test_where_there_is_no_other_the_compiler_of_ziglang_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = shlex.join([sys.executable, "-m", "ziglang", "c++"])
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_compiler() == own
    (tmp_path / "g++").touch(mode=0o755)
    assert find_compiler() == str(tmp_path / "g++")
    monkeypatch.setenv("CXX", own)
    assert find_compiler() == own


def test_the_first_build_is_announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = shlex.join([sys.executable, "-m", "ziglang", "c++"])
    monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", str(tmp_path))
    assert first_build("/usr/bin/g++") == ""
    assert first_build(own) == (
        "the C++ compiler of ziglang builds its library with the first network, once, which takes minutes"
    )
    (tmp_path / "o" / "0123").mkdir(parents=True)
    (tmp_path / "o" / "0123" / "libc++.a").touch()
    assert first_build(own) == ""
