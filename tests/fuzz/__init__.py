"""Files and command lines that are damaged at random: what `benchmarks/fuzz.py` and the tests share."""
