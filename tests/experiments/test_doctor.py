"""The doctor's findings on machines in good and in bad health."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments import doctor


def test_a_compiler_that_fails_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "/bin/false")
    finding = doctor.compiler()
    assert not finding.works
    assert not finding.needed
    assert "apt-get install g++" in finding.remedy


def test_no_compiler_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert doctor.compiler_command() is None
    assert doctor.compiler().detail == "none: spiking networks run on NumPy"


def test_a_library_that_is_missing_is_named_with_its_remedy() -> None:
    finding = doctor.package("no_such_library")
    assert not finding.works
    assert finding.detail == "ModuleNotFoundError: No module named 'no_such_library'"
    assert finding.remedy.endswith("-m pip install --force-reinstall no_such_library")


def test_a_cache_folder_that_cannot_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/cache")
    finding = doctor.cache_folder()
    assert not finding.works
    assert finding.remedy == "mkdir -p /proc/cache/bnsim && chmod u+rwx /proc/cache/bnsim"
