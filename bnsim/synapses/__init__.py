"""Synapse models, one file and one line each."""

from bnsim.synapses.alpha import AlphaConductance as AlphaConductance
from bnsim.synapses.alpha import AlphaCurrent as AlphaCurrent
from bnsim.synapses.base import SynapseModel as SynapseModel
from bnsim.synapses.delta import Delta as Delta
from bnsim.synapses.double_exponential import DoubleExponentialConductance as DoubleExponentialConductance
from bnsim.synapses.double_exponential import DoubleExponentialCurrent as DoubleExponentialCurrent
from bnsim.synapses.exponential import ExponentialConductance as ExponentialConductance
from bnsim.synapses.exponential import ExponentialCurrent as ExponentialCurrent
from bnsim.synapses.gap_junction import GapJunction as GapJunction
from bnsim.synapses.graded import Graded as Graded
from bnsim.synapses.modulatory import Modulatory as Modulatory
from bnsim.synapses.receptors import AMPA as AMPA
from bnsim.synapses.receptors import GABAA as GABAA
from bnsim.synapses.receptors import NMDA as NMDA
