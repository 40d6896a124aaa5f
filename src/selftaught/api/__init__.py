"""The functions of ``import selftaught as st``."""
