"""Rules of connectivity, one file and one line each."""

from bnsim.connectivity.all_to_all import AllToAll as AllToAll
from bnsim.connectivity.all_to_all import AllToOthers as AllToOthers
from bnsim.connectivity.base import Connectivity as Connectivity
from bnsim.connectivity.base import Edges as Edges
from bnsim.connectivity.base import Ends as Ends
from bnsim.connectivity.blocks import Blocks as Blocks
from bnsim.connectivity.distance_dependent import DistanceDependent as DistanceDependent
from bnsim.connectivity.edge_list import EdgeList as EdgeList
from bnsim.connectivity.fixed_in_degree import FixedInDegree as FixedInDegree
from bnsim.connectivity.fixed_out_degree import FixedOutDegree as FixedOutDegree
from bnsim.connectivity.fixed_probability import FixedProbability as FixedProbability
from bnsim.connectivity.fixed_total_number import FixedTotalNumber as FixedTotalNumber
from bnsim.connectivity.one_to_one import OneToOne as OneToOne
from bnsim.connectivity.profiles import ExponentialProfile as ExponentialProfile
from bnsim.connectivity.profiles import GaussianProfile as GaussianProfile
from bnsim.connectivity.profiles import Profile as Profile
from bnsim.connectivity.receptive_fields import ReceptiveFields as ReceptiveFields
from bnsim.connectivity.small_world import SmallWorld as SmallWorld
