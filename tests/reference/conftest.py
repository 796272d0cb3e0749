"""What tests against plain Brian2 share."""

from __future__ import annotations

from collections.abc import Iterator

import brian2
import pytest


@pytest.fixture
def numpy_target() -> Iterator[None]:
    """Plain Brian2 without a compiler."""
    before = brian2.prefs.codegen.target
    brian2.prefs.codegen.target = "numpy"
    yield
    brian2.prefs.codegen.target = before
