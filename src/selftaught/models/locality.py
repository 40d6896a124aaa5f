"""Locality: whether what a model is shown stays on this machine."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from selftaught.models.options import ModelOptions

OLLAMA_URL = "http://localhost:11434/v1"

_NOWHERE = ("offline", "replay:")
_SERVED = ("openai/", "anthropic/", "google/")


def is_here(url: str) -> bool:
    """Return whether a URL names this machine itself."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def stays(model: str, options: ModelOptions) -> bool:
    """Return whether nothing that a model is shown can leave this machine.

    Built in, recorded, or asked at a server of this machine. What a ``command:`` or whoever
    answers a ``mailbox:`` does with a prompt is not known, so theirs may leave.
    """
    if model.startswith("ollama/"):
        return is_here(options.base_url or OLLAMA_URL)
    if model.startswith(_SERVED):
        return options.base_url is not None and is_here(options.base_url)
    return model.startswith(_NOWHERE)
