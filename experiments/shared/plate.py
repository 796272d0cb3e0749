"""One figure of a study, as the report puts it on the page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plate:
    """A figure's file name, its heading, and below it what a reader must know of it."""

    figure: str
    heading: str
    caption: str = ""
