"""Plasticity rules."""

from bnsim.plasticity.base import PlasticityRule
from bnsim.plasticity.diehl_cook_stdp import DiehlCookSTDP
from bnsim.plasticity.error_feedback import ErrorFeedback, FeedbackModulated
from bnsim.plasticity.error_modulated import ErrorModulated
from bnsim.plasticity.pair_stdp import PairSTDP, SoftPairSTDP
from bnsim.plasticity.reward_stdp import RewardModulatedSTDP

__all__ = [
    "DiehlCookSTDP",
    "ErrorFeedback",
    "ErrorModulated",
    "FeedbackModulated",
    "PairSTDP",
    "PlasticityRule",
    "RewardModulatedSTDP",
    "SoftPairSTDP",
]
