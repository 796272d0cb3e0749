"""What the figures of several studies have in common."""
