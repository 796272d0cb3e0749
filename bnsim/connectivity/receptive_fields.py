"""Connectivity by receptive fields: pixels of an image onto filters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bnsim.connectivity.base import Connectivity, Edges, Ends
from bnsim.errors import InputError
from bnsim.random_numbers import Numbers
from bnsim.receptive_fields import GaborPatches


@dataclass(frozen=True, repr=False)
class ReceptiveFields(Connectivity):
    """Connect each target to one patch of an image through a Gabor filter; sources are the image's pixels, row by row.

    Parameters
    ----------
    filters : GaborPatches
        The filters, whose values multiply the weight.

    Notes
    -----
    The row of the random numbers is the target unit.
    """

    filters: GaborPatches = GaborPatches()

    def check(self, ends: Ends) -> None:
        """Refuse populations that do not fit, before anything is drawn.

        Parameters
        ----------
        ends : Ends
            The populations.

        Raises
        ------
        InputError
            If the number of sources is not the number of pixels of the image.
        """
        height, width = self.filters.image_shape
        if ends.n_source != height * width:
            raise InputError(
                f"ReceptiveFields.filters: an image of {height} x {width} pixels needs {height * width} sources, "
                f"the population has {ends.n_source}; make them equal"
            )

    def draw(self, ends: Ends, numbers: Numbers) -> Edges:
        """Draw one filter for each target and return its pixels as edges.

        Parameters
        ----------
        ends : Ends
            Pixels and filters.
        numbers : Numbers
            The random numbers.

        Returns
        -------
        Edges
            Sorted by source, then target; `factor` holds the values of the filters.

        Raises
        ------
        InputError
            If the number of sources is not the number of pixels of the image.
        """
        self.check(ends)
        matrix = self.filters.draw(ends.n_target, numbers).T.tocsr()
        matrix.sort_indices()
        source = np.repeat(np.arange(ends.n_source, dtype=np.int32), np.diff(matrix.indptr))
        return Edges(source, matrix.indices.astype(np.int32), matrix.data.astype(np.float64))
