"""From a request to a finished run directory: plan, execute, store, assemble."""
