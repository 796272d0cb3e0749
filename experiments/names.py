"""Which models take part where none are named."""

from __future__ import annotations

DEFAULT_MODELS = ("receptive-field", "three-factor", "receptive-dense", "dense")
"""Two pairs of twins. They stand here because the command line must not wait for what `experiments.run.configuration`
imports."""
