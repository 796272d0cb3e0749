"""Convert a user's own Keras network, and say what the conversion costs."""

from experiments.conversion.carry_out import convert
from experiments.conversion.result import Conversion

__all__ = ["Conversion", "convert"]
