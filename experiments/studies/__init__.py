"""Studies: one question a file. To add one, write a file like `accuracy.py` and name it in `STUDIES`.

A study module has `Config` (frozen, validated), `PRESETS` (name -> Config) and
`run(config, subject, progress) -> Outcome`. `experiments.figures.<name>.draw(run)` draws what it stored.
"""

from __future__ import annotations

from types import MappingProxyType

STUDIES = MappingProxyType(
    {
        "accuracy": "How well, how fast and at what cost does each network classify the test set?",
        "learning": "How fast does each network learn, by the number of samples that it has seen?",
    }
)
"""Name -> question; the module is `experiments.studies.<name>`."""

PRESETS = ("quick", "full")
