"""Patching: a function of a user's own repository, from a goal to a patch."""
