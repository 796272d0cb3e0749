"""Rate networks: units that answer with a number, without spikes and without time; plain NumPy."""
