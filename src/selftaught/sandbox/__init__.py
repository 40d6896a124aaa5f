"""The sandbox: programs that a model wrote run here, confined, in processes of their own."""

from selftaught.sandbox.launch import ForkingSandbox, open_sandbox
from selftaught.sandbox.probe import Layer

__all__ = ["ForkingSandbox", "Layer", "open_sandbox"]
