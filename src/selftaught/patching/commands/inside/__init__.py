"""What runs beside a command: standard library and ``sandbox.inside`` only.

These files are executed afresh in a process of their own, without the rest of the package.
"""
