"""Plasticity rules, one file and one line each."""

from bnsim.plasticity.base import PlasticityRule as PlasticityRule
from bnsim.plasticity.diehl_cook_stdp import DiehlCookSTDP as DiehlCookSTDP
from bnsim.plasticity.error_feedback import ErrorFeedback as ErrorFeedback
from bnsim.plasticity.error_feedback import FeedbackModulated as FeedbackModulated
from bnsim.plasticity.error_modulated import ErrorModulated as ErrorModulated
from bnsim.plasticity.pair_stdp import PairSTDP as PairSTDP
from bnsim.plasticity.pair_stdp import SoftPairSTDP as SoftPairSTDP
from bnsim.plasticity.reward_stdp import RewardModulatedSTDP as RewardModulatedSTDP
