"""Plasticity rules, one file each."""

from bnsim.plasticity.base import PlasticityRule
from bnsim.plasticity.error_modulated import ErrorModulated
from bnsim.plasticity.pair_stdp import PairSTDP, SoftPairSTDP

__all__ = ["ErrorModulated", "PairSTDP", "PlasticityRule", "SoftPairSTDP"]
