"""What figures of several studies draw alike."""
