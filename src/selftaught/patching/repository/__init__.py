"""A user's repository: what may be changed in it, what a model is shown, and patches for it."""
