"""Artificial networks, the only place that knows Keras."""
