"""Rules of connectivity, one file and one line each."""

from bnsim.connectivity.all_to_all import AllToAll as AllToAll
from bnsim.connectivity.all_to_all import AllToOthers as AllToOthers
from bnsim.connectivity.base import Connectivity as Connectivity
from bnsim.connectivity.base import Edges as Edges
from bnsim.connectivity.base import Ends as Ends
from bnsim.connectivity.edge_list import EdgeList as EdgeList
from bnsim.connectivity.fixed_probability import FixedProbability as FixedProbability
from bnsim.connectivity.one_to_one import OneToOne as OneToOne
from bnsim.connectivity.receptive_fields import ReceptiveFields as ReceptiveFields
