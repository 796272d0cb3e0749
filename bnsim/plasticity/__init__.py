"""Plasticity rules, one file and one line each."""

from bnsim.plasticity.base import PlasticityRule as PlasticityRule
from bnsim.plasticity.clopath_stdp import ClopathSTDP as ClopathSTDP
from bnsim.plasticity.descent import GradientDescent as GradientDescent
from bnsim.plasticity.diehl_cook_stdp import DiehlCookSTDP as DiehlCookSTDP
from bnsim.plasticity.eligibility_propagation import EligibilityPropagation as EligibilityPropagation
from bnsim.plasticity.eligibility_propagation import GradedEligibilityPropagation as GradedEligibilityPropagation
from bnsim.plasticity.error_broadcast import ErrorBroadcast as ErrorBroadcast
from bnsim.plasticity.error_feedback import ErrorFeedback as ErrorFeedback
from bnsim.plasticity.error_feedback import FeedbackModulated as FeedbackModulated
from bnsim.plasticity.error_modulated import ErrorModulated as ErrorModulated
from bnsim.plasticity.nearest_spike_stdp import NearestPresynapticSTDP as NearestPresynapticSTDP
from bnsim.plasticity.nearest_spike_stdp import NearestReducedSTDP as NearestReducedSTDP
from bnsim.plasticity.nearest_spike_stdp import NearestSymmetricSTDP as NearestSymmetricSTDP
from bnsim.plasticity.pair_stdp import PairSTDP as PairSTDP
from bnsim.plasticity.pair_stdp import SoftPairSTDP as SoftPairSTDP
from bnsim.plasticity.power_law_stdp import PowerLawSTDP as PowerLawSTDP
from bnsim.plasticity.readout_error import GradedReadoutError as GradedReadoutError
from bnsim.plasticity.readout_error import ReadoutError as ReadoutError
from bnsim.plasticity.reward_stdp import RewardModulatedSTDP as RewardModulatedSTDP
from bnsim.plasticity.synaptic_scaling import SynapticScaling as SynapticScaling
from bnsim.plasticity.temporal_difference import TemporalDifferenceIntensity as TemporalDifferenceIntensity
from bnsim.plasticity.temporal_difference import TemporalDifferenceLTP as TemporalDifferenceLTP
from bnsim.plasticity.triplet_stdp import TripletSTDP as TripletSTDP
from bnsim.plasticity.vogels_stdp import VogelsSTDP as VogelsSTDP
from bnsim.plasticity.weight_dependent_stdp import WeightDependentSTDP as WeightDependentSTDP
