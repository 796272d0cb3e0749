"""Many runs: a study at many points of its settings, and the search for the point that meets a target."""
