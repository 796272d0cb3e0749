from __future__ import annotations

from types import MappingProxyType

import pytest

from experiments.lab import conversation, networks
from experiments.lab.runs import Run

from .small import EXPERIMENT


@pytest.fixture
def without_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Run, "backend", "numpy")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, without_compiler: None) -> None:
    """The lab has the small experiment alone."""
    monkeypatch.setattr(networks, "experiments", lambda: MappingProxyType({EXPERIMENT.name: EXPERIMENT}))
    assert conversation.find is networks.find
