"""The doctor's findings on machines in good and in bad health."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from experiments import doctor


def test_a_compiler_that_fails_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "/bin/false")
    finding = doctor.compiler()
    assert not finding.works
    assert finding.needed  # without any compiler NumPy takes over, with a broken one a run fails
    assert finding.remedy == "unset CXX, or set it to a compiler that works"


@pytest.mark.parametrize(
    ("name", "works", "remedy"),
    [
        ("Linux", True, ""),
        ("Darwin", False, "report what does not work"),
        ("Windows", False, "use the Windows Subsystem for Linux"),
    ],
)
def test_systems_on_which_nothing_is_tested_are_named(
    name: str, works: bool, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.system", lambda: name)
    finding = doctor.system()
    assert (finding.works, finding.needed, finding.remedy) == (works, False, remedy)
    assert finding.detail.endswith(": untested") != works


def test_no_compiler_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "ziglang", None)
    finding = doctor.compiler()
    assert finding.detail == "none: spiking networks run on NumPy"
    assert finding.remedy.endswith("-m pip install 'bnsim[compiler]'")
    assert not finding.needed


def test_the_compiler_of_ziglang_is_not_made_to_build_its_library(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", str(tmp_path))
    finding = doctor.compiler()
    assert finding.works
    assert finding.detail.endswith(
        "c++: the C++ compiler of ziglang builds its library with the first network, once, which takes minutes"
    )


def test_a_library_that_is_missing_is_named_with_its_remedy() -> None:
    finding = doctor.package("no_such_library")
    assert not finding.works
    assert finding.detail == "ModuleNotFoundError: No module named 'no_such_library'"
    assert finding.remedy.endswith("-m pip install --force-reinstall no_such_library")


def test_a_cache_folder_that_cannot_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BNSIM_CACHE", "/proc/cache")
    finding = doctor.build_cache()
    assert not finding.works
    assert finding.detail.startswith("cache: cannot use /proc/cache (")
    assert finding.remedy == "export BNSIM_CACHE=<a folder that can be written>"
