from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

import pytest

from experiments.lab import conversation, networks
from experiments.lab.simulation import SimulationRun

from .small import EXPERIMENT


@pytest.fixture
def without_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SimulationRun, "backend", "numpy")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, without_compiler: None) -> None:
    """The lab has the small experiment alone."""
    monkeypatch.setattr(networks, "experiments", lambda: MappingProxyType({EXPERIMENT.name: EXPERIMENT}))
    assert conversation.find is networks.find


@pytest.fixture(autouse=True)
def nothing_is_left_in_the_browser(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leave the lab's page and forget what it complained about: a refused token is no problem of the next test."""
    yield
    if "browser" in request.fixturenames:
        browser = request.getfixturevalue("browser")
        browser.open("about:blank", 800)
        browser.problems.clear()
