"""From options to a finished run directory: plan, execute, store, assemble."""
