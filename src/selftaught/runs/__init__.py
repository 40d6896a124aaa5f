"""Runs: a plan carried out, its log read, and everything that is asked of a run."""
