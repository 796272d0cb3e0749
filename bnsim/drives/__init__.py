"""What reaches a network from outside, one file and one line each.

A drive acts on the neurons of a population in every step: noise, currents, Poisson spikes. An encoder takes the
stimulus that a run is given, and turns it into a current or into spikes of units of its own.
"""

from bnsim.drives.base import Drive as Drive
from bnsim.drives.binned import Binned as Binned
from bnsim.drives.constant_current import ConstantCurrent as ConstantCurrent
from bnsim.drives.current import Current as Current
from bnsim.drives.current import RampCurrent as RampCurrent
from bnsim.drives.current import SineCurrent as SineCurrent
from bnsim.drives.current import StepCurrent as StepCurrent
from bnsim.drives.encoder import Encoder as Encoder
from bnsim.drives.graded_input import GradedInput as GradedInput
from bnsim.drives.latency import Latency as Latency
from bnsim.drives.ornstein_uhlenbeck import OrnsteinUhlenbeck as OrnsteinUhlenbeck
from bnsim.drives.poisson import Poisson as Poisson
from bnsim.drives.poisson_drive import PoissonDrive as PoissonDrive
from bnsim.drives.spike_trains import SpikeTrains as SpikeTrains
from bnsim.drives.white_noise import WhiteNoise as WhiteNoise
