"""Names: which models take part where none are named, and the error for a name that does not exist."""

from __future__ import annotations

from bnsim.errors import unknown_name

__all__ = ["DEFAULT_MODELS", "unknown_name"]

DEFAULT_MODELS = ("receptive-field", "three-factor", "receptive-dense", "dense")
"""Two pairs of twins. They stand here because the command line must not wait for what `experiments.configuration`
imports."""
