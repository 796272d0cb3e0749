"""The doctor's findings on machines in good and in bad health."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments import doctor


def test_a_compiler_that_fails_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "/bin/false")
    finding = doctor.compiler()
    assert not finding.works
    assert finding.needed  # without any compiler NumPy takes over, with a broken one a run fails
    assert finding.remedy == "unset CXX, or set it to a compiler that works"


def test_no_compiler_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert doctor.compiler().detail == "none: spiking networks run on NumPy"


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
