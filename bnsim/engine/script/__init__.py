"""A network as a script for Brian2, that its users would like to read."""

from bnsim.engine.script.whole import Brian2Script as Brian2Script
