"""Patching: a function of the user's own repository improved, and a patch that can be believed."""
