"""Pictures of a recording or of plain arrays: each takes an optional `ax`, returns the axes, never shows."""

from bnsim.plotting.membrane_potential import membrane_potential
from bnsim.plotting.psth import psth
from bnsim.plotting.raster import raster
from bnsim.plotting.receptive_fields import receptive_fields
from bnsim.plotting.style import style
from bnsim.plotting.weight_histogram import weight_histogram
from bnsim.plotting.weight_image import weight_image

__all__ = [
    "membrane_potential",
    "psth",
    "raster",
    "receptive_fields",
    "style",
    "weight_histogram",
    "weight_image",
]
