"""Names that the command line shows before anything else is imported: default models, presets, and where a study is."""

from __future__ import annotations

from collections.abc import Mapping

DEFAULT_MODELS = ("receptive-field", "three-factor", "receptive-dense", "dense")
"""Two pairs of twins. Defined here because the command line must not wait for the imports of
`experiments.run.configuration`."""

PRESETS: Mapping[str, str] = {
    "quick": "minutes at most, the default",
    "full": "all training data, all points",
    "tiny": "for tests: seconds, numbers that mean nothing",
}
"""One line about each preset."""


def study_option(reference: str) -> str:
    """Return the option by which a command is told where a study is.

    Parameters
    ----------
    reference
        Its name, or the path of its folder.

    Returns
    -------
    str
        Empty for a study that every process knows by its name.
    """
    return f" --study {reference}" if "/" in reference else ""
