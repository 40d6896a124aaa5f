"""Experiments: what each command of a run does, costs at most, and finds."""
