"""Keeps the handshake apart from what a plug-in prints."""

import os
import sys

# The host starts plug-ins with this in their environment, and only those.
COOKIE = ("SKYSIFT_PLUGIN", "b5c26b8a0f6e4d3c")

_handshake = None


def hosted():
    """Whether a host started this process."""
    return os.environ.get(COOKIE[0]) == COOKIE[1]


def guard():
    """Sends to stderr whatever is written to stdout from now on, by Python or
    by a library in C. Outside a host nothing changes."""
    global _handshake
    if _handshake is not None or not hosted():
        return
    sys.stdout.flush()
    _handshake = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.stdout.reconfigure(line_buffering=True)


def announce(line):
    """Writes the handshake's one line to the stdout that the host reads."""
    _handshake.write(line + "\n")
    _handshake.flush()
