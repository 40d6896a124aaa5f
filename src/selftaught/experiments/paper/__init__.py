"""``paper``: the experiments of the paper in one run, and their report."""
