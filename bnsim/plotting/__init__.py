"""Pictures of recordings, states, models and arrays: each takes an optional `ax`, returns the axes, never shows."""

from bnsim.plotting.membrane_potential import membrane_potential
from bnsim.plotting.phase_plane import phase_plane
from bnsim.plotting.plasticity_window import plasticity_window
from bnsim.plotting.population_rate import population_rate
from bnsim.plotting.power_spectrum import power_spectrum
from bnsim.plotting.psth import psth
from bnsim.plotting.raster import raster
from bnsim.plotting.receptive_fields import receptive_fields
from bnsim.plotting.style import style
from bnsim.plotting.weight_histogram import weight_histogram
from bnsim.plotting.weight_image import weight_image
from bnsim.plotting.weights_over_time import weights_over_time

__all__ = [
    "membrane_potential",
    "phase_plane",
    "plasticity_window",
    "population_rate",
    "power_spectrum",
    "psth",
    "raster",
    "receptive_fields",
    "style",
    "weight_histogram",
    "weight_image",
    "weights_over_time",
]
