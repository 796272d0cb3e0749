"""Spiking classifiers, one file each; they know `bnsim`, never Keras."""
