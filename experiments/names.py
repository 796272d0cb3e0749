"""The models that a run compares by default."""

from __future__ import annotations

DEFAULT_MODELS = ("receptive-field", "three-factor", "receptive-dense", "dense")
"""Two pairs of twins. Defined here because the command line must not wait for the imports of
`experiments.run.configuration`."""
