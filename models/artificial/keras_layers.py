"""The layers of Keras that become spiking.

A layer is known by its class, and an option by its name: whatever is not listed is refused. To add a layer, write a
class in `keras_plain_layers` or `keras_image_layers`, and enter it in the list at the end of that file.
"""

from __future__ import annotations

from collections.abc import Mapping

from models.artificial.keras_image_layers import IMAGES
from models.artificial.keras_kind import LayerKind
from models.artificial.keras_plain_layers import PLAIN

LAYERS: Mapping[str, LayerKind] = {**PLAIN, **IMAGES}
"""What may be converted, by the name of Keras' class."""
