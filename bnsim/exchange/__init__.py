"""Networks in the formats of other programs."""

from bnsim.exchange.sonata import Sonata as Sonata
from bnsim.exchange.sonata import SonataEdges as SonataEdges
from bnsim.exchange.sonata import SonataNodes as SonataNodes
from bnsim.exchange.sonata import read_sonata as read_sonata
from bnsim.exchange.sonata import write_sonata as write_sonata
