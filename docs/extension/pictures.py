"""Pictures of studies, which are stored, since it takes the better part of an hour to measure all of them.

    python docs/extension/pictures.py [STUDY ...]

carries the studies out by the command that their pages show, and keeps the first figure of each in `docs/pictures`.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

_FOLDER = Path(__file__).parents[1] / "pictures"
_IN_TIME = "rate-recurrent,rflo,surrogate-recurrent,eprop"
_OTHERS = {
    "language": f"--task next-character --preset full --models {_IN_TIME},gru --set square=recurrent --seeds 5",
    "memory": "--task evidence --models eprop,rflo --seeds 3",
}
"""What is said to studies that take no digits."""
_WIDTH, _HEIGHT, _COLOURS = 1200, 1100, 96
"""In pixels, at most; figures have few colours, and a palette makes a file a third as long."""


def stored(study: str) -> Path | None:
    """Return the stored picture of a study.

    Parameters
    ----------
    study
        Its name.

    Returns
    -------
    Path or None
        None where there is none.
    """
    path = _FOLDER / f"{study}.png"
    return path if path.is_file() else None


def command(study: str) -> str:
    """Return the command that has measured what the picture of a study shows.

    Parameters
    ----------
    study
        Its name.

    Returns
    -------
    str
        The command line.
    """
    from experiments.studies import STUDIES

    if study in _OTHERS:
        return f"bnsim run {study} {_OTHERS[study]}"
    models = "" if STUDIES[study].subjects else " --models receptive-field,receptive-dense"
    return f"bnsim run {study}{models} --seeds 3"


def _draw(study: str) -> None:
    from PIL import Image

    from experiments.studies import STUDIES

    with tempfile.TemporaryDirectory() as folder:
        words = shlex.split(command(study))[1:]
        subprocess.run([sys.executable, "-m", "bnsim", *words, "--out", folder], check=True)
        (figure,) = Path(folder).glob(f"*/figures/{STUDIES[study].figure.PLATES[0].figure}.png")
        with Image.open(figure) as image:
            image.thumbnail((_WIDTH, _HEIGHT))
            plain = image.convert("RGB").quantize(_COLOURS)
        _FOLDER.mkdir(exist_ok=True)
        plain.save(_FOLDER / f"{study}.png", optimize=True)


def main() -> None:
    """Draw the pictures of the studies that are named, or of all."""
    from experiments.studies import STUDIES

    for study in sys.argv[1:] or STUDIES:
        _draw(study)


if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2])]
    main()
