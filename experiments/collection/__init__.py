"""What is asked of stored runs: which there are, where two of them differ, what all of them say."""
