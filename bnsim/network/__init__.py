"""Population, Projection, Network: the description of what is to be simulated."""

from bnsim.network.population import Population as Population
from bnsim.network.projection import Projection as Projection
from bnsim.network.whole import Network as Network
