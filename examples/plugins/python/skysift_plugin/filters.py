"""What authors of filters write: a class, and what it says of an alert."""

from dataclasses import dataclass, field


class AlertFilter:
    """A filter. Subclasses have ``filter`` or ``filter_batch``.

    The form is that of the first filters for ZTF's and Rubin's streams: such a
    class needs only its import changed, or not even that, as ``serve`` takes
    any object with a ``filter`` method.
    """

    #: Paths of the fields that the filter reads, as in filters.yaml:
    #: ``candidate.magpsf``; ``prv_candidates[].jd`` is one for each item of the
    #: list. Alerts then have these only, which is much faster. None: all.
    fields = None
    #: Whether ``alert.raw`` is wanted, the alert's own bytes, beside ``fields``.
    raw = False
    #: Whether ``alert.source`` is wanted, where the alert came from.
    sources = False
    #: What the filter is called in logs; its class's name by default.
    name = ""
    #: The filter's own version, for logs.
    version = ""
    #: How many alerts to judge at once at most; 0: as the host likes.
    batch_size = 0

    def __init__(self, topic=""):
        self.topic = topic

    def filter(self, alert):
        """Returns whether the alert passes: a bool or a `Verdict`.

        ``alert`` is a dict with dicts and lists in it. A missing value is None.
        An exception is this alert's error: it does not pass, and the host does
        with it what filters.yaml says.
        """
        raise NotImplementedError(f"{type(self).__name__} needs a method filter(self, alert)")

    # filter_batch(self, columns), where a subclass has it, returns which alerts
    # pass: an array of booleans or `Verdicts`. See `Columns`.


@dataclass
class Verdict:
    """What a filter says of one alert, where it says more than yes or no."""

    passed: bool
    #: The class that the alert goes to instead of the filter's own.
    to: str = ""
    #: Values to add to the alert: numbers, strings, bytes, lists and dicts.
    annotations: dict = field(default_factory=dict)


@dataclass
class Verdicts:
    """What a filter says of the alerts of a batch."""

    #: A boolean for each alert.
    passed: object
    #: For each alert the class that it goes to, "" for the filter's own; None: all to that.
    to: object = None
    #: By name, a value for each alert.
    annotations: dict = field(default_factory=dict)
