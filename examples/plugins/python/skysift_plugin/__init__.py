"""Plug-in filters for Skysift, in Python.

A filter is a class with one method, which gets an alert that reads like a dict
and says whether it passes::

    from skysift_plugin import AlertFilter, serve

    class Bright(AlertFilter):
        fields = ["candidate.magpsf"]

        def filter(self, alert):
            return alert["candidate"]["magpsf"] < 18

    if __name__ == "__main__":
        serve(Bright())

Without ``fields`` the alert is the whole one. With ``filter_batch`` instead of
``filter`` a class judges many alerts at once, as numpy columns.

Import this before anything that may print: it keeps the stdout on which the
host reads the handshake to itself, and what is printed goes to the log.
"""

from skysift_plugin import stdout

stdout.guard()

from skysift_plugin.columns import Columns, ListColumn  # noqa: E402
from skysift_plugin.filters import AlertFilter, Verdict, Verdicts  # noqa: E402
from skysift_plugin.judge import Judge  # noqa: E402
from skysift_plugin.raw import decode  # noqa: E402
from skysift_plugin.server import serve  # noqa: E402

__all__ = ["AlertFilter", "Columns", "Judge", "ListColumn", "Verdict", "Verdicts", "decode", "serve"]
