"""Drives: what acts on the neurons of a population from outside, in every step. One file and one line each."""

from bnsim.drives.base import Drive as Drive
from bnsim.drives.binned import Binned as Binned
from bnsim.drives.current import Current as Current
from bnsim.drives.current import RampCurrent as RampCurrent
from bnsim.drives.current import SineCurrent as SineCurrent
from bnsim.drives.current import StepCurrent as StepCurrent
from bnsim.drives.ornstein_uhlenbeck import OrnsteinUhlenbeck as OrnsteinUhlenbeck
from bnsim.drives.poisson_drive import PoissonDrive as PoissonDrive
from bnsim.drives.white_noise import WhiteNoise as WhiteNoise
