"""What a run found, in words."""
