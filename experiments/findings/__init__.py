"""What a run found, in words: the comparisons of twins that get a verdict, and what they come to."""
