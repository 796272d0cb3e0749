"""Networks in the formats of other programs."""

from bnsim.exchange.nir_graphs import read_nir as read_nir
from bnsim.exchange.nir_graphs import to_nir as to_nir
from bnsim.exchange.nir_graphs import write_nir as write_nir
from bnsim.exchange.sonata import Sonata as Sonata
from bnsim.exchange.sonata import SonataEdges as SonataEdges
from bnsim.exchange.sonata import SonataNodes as SonataNodes
from bnsim.exchange.sonata import read_sonata as read_sonata
from bnsim.exchange.sonata import write_sonata as write_sonata
