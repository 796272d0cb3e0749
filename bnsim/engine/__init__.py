"""The engine: the only place that creates Brian2 objects, and the only one that holds global state."""
