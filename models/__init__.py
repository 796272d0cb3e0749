"""Middle floor: spiking and artificial classifiers behind one contract."""
