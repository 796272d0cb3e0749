"""What is measured of a network while it learns, one idea a file; they work on arrays and know no study."""
