"""Asks a filter about batches of alerts."""

import functools
import os
import sys
import threading
import traceback

import numpy as np

from skysift_plugin import plugin_pb2 as pb
from skysift_plugin.alerts import Alert, Shape
from skysift_plugin.columns import Columns, array_of, list_of
from skysift_plugin.filters import Verdict, Verdicts
from skysift_plugin.raw import decode
from skysift_plugin.values import set_value

_MAX_ERROR = 500
_MAX_TRACEBACKS = 100

# What a filter may raise without ending the plug-in.
_ANY = (Exception, SystemExit)


class WrongAnswer(Exception):
    """filter_batch gave something that is not an answer for each alert."""


class Judge:
    """A filter, as the protocol speaks to it.

    Invariants:
      - Every alert of a batch gets one verdict. What the filter raises on an
        alert is that alert's error, and no other's.
      - One batch is judged at a time, so that filters need no locks.
    """

    def __init__(self, filter):
        self._filter = filter
        self._by_batch = getattr(filter, "filter_batch", None)
        if self._by_batch is None and not callable(getattr(filter, "filter", None)):
            raise TypeError(f"{filter!r} has no method filter(self, alert) and none called filter_batch(self, columns)")
        fields = getattr(filter, "fields", None)
        if isinstance(fields, str):
            raise TypeError(f'fields = "{fields}": write a list, fields = ["{fields}"]')
        self._whole = fields is None and self._by_batch is None
        self._fields = list(fields or ())
        self._shape = Shape(self._fields)
        self._description = self._describe()
        self._lock = threading.Lock()
        self._shown = set()

    def describe(self):
        """Returns what the host is told of the filter."""
        return self._description

    def _describe(self):
        f = self._filter
        return pb.Description(
            name=getattr(f, "name", "") or type(f).__name__,
            version=str(getattr(f, "version", "")),
            fields=self._fields,
            raw=self._whole or bool(getattr(f, "raw", False)),
            sources=bool(getattr(f, "sources", False)),
            batch_size=getattr(f, "batch_size", 0),
            credits=2,  # the next batch is read while this one is judged
        )

    def judge(self, batch):
        """Returns the reply to a batch; ColumnError where it is malformed."""
        reply = pb.Reply(id=batch.id, alerts=batch.alerts)
        if batch.alerts == 0:
            return reply
        self._check(batch)
        with self._lock:
            passed = self._columns(batch, reply) if self._by_batch else self._alerts(batch, reply)
        reply.passed = np.packbits(passed, bitorder="little").tobytes()
        return reply

    def _check(self, batch):
        if len(batch.columns) != len(self._fields):
            raise ValueError(f"a batch of {len(batch.columns)} columns for {len(self._fields)} fields")
        for name in ("raw", "sources"):
            if getattr(self._description, name) and len(getattr(batch, name)) != batch.alerts:
                raise ValueError(f"a batch of {batch.alerts} alerts with {len(getattr(batch, name))} {name}")

    def _alerts(self, batch, reply):
        """Asks about each alert alone."""
        passed = np.zeros(batch.alerts, dtype=bool)
        alerts = [Alert()] * batch.alerts if self._whole else self._read(batch)
        for i, alert in enumerate(alerts):
            try:
                passed[i] = self._alert(i, alert, batch, reply)
            except _ANY as error:
                self._fail(i, error, reply)
        return passed

    def _read(self, batch):
        columns = [list_of(column, batch.alerts) for column in batch.columns]
        return self._shape.records(columns, batch.alerts)

    def _alert(self, i, alert, batch, reply):
        if self._whole:
            alert = decode(batch.raw[i])
        if batch.raw:
            alert.raw = batch.raw[i]
        if batch.sources:
            alert.source = batch.sources[i]
        said = self._filter.filter(alert)
        if not isinstance(said, Verdict):
            return bool(said)
        _tell(i, said.to, said.annotations, reply)
        return bool(said.passed)

    def _columns(self, batch, reply):
        """Asks about all alerts at once and, if that fails, about each alone."""
        columns = Columns(batch.alerts, self._lazy(batch), list(batch.raw), list(batch.sources))
        try:
            return self._ask(columns, 0, reply)
        except WrongAnswer as error:
            for i in range(batch.alerts):
                self._fail(i, error, reply)
            return np.zeros(batch.alerts, dtype=bool)
        except _ANY:
            del reply.details[:]
            return self._one_by_one(columns, reply)

    def _one_by_one(self, columns, reply):
        passed = np.zeros(columns.alerts, dtype=bool)
        for i in range(columns.alerts):
            try:
                passed[i] = self._ask(columns.only(i), i, reply)[0]
            except _ANY as error:
                self._fail(i, error, reply)
        return passed

    def _lazy(self, batch):
        return {
            path: functools.partial(array_of, column, batch.alerts, "[]" in path)
            for path, column in zip(self._fields, batch.columns)
        }

    def _ask(self, columns, first, reply):
        """Returns which alerts pass; first is the place of theirs in the batch."""
        said = self._by_batch(columns)
        if not isinstance(said, Verdicts):
            return _booleans(said, columns.alerts)
        passed = _booleans(said.passed, columns.alerts)
        to = _each(said.to, columns.alerts, "to") if said.to is not None else [""] * columns.alerts
        annotations = {name: _each(values, columns.alerts, name) for name, values in said.annotations.items()}
        for i in np.flatnonzero(passed).tolist():
            _tell(first + i, to[i], {name: values[i] for name, values in annotations.items()}, reply)
        return passed

    def _fail(self, i, error, reply):
        """Makes error the alert's, and shows the first of its kind in full."""
        if reply.details and reply.details[-1].alert == i:
            del reply.details[-1]
        where = traceback.extract_tb(error.__traceback__)[-1]
        reply.details.add(alert=i, error=_describe(error, where)[:_MAX_ERROR])
        kind = (type(error), where.filename, where.lineno)
        if kind not in self._shown and len(self._shown) < _MAX_TRACEBACKS:
            self._shown.add(kind)
            traceback.print_exception(error, file=sys.stderr)
            print("(shown once; further errors of this kind are counted by the host)", file=sys.stderr, flush=True)


def _describe(error, where):
    """Returns an error in one line, with the author's line that it is from."""
    said = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    text = f"{type(error).__name__}: {said}"
    if os.path.dirname(where.filename) == os.path.dirname(__file__):
        return text
    return f"{text} ({os.path.basename(where.filename)}:{where.lineno})"


def _tell(i, to, annotations, reply):
    if not to and not annotations:
        return
    detail = reply.details.add(alert=i)
    setattr(detail, "class", str(to or ""))
    for name, value in annotations.items():
        annotation = detail.annotations.add(name=name)
        try:
            set_value(annotation.value, value)
        except (TypeError, ValueError) as error:
            raise type(error)(f"annotation {name}: {error}") from None


def _booleans(said, n):
    """Returns the n booleans that a filter said; masked ones are false."""
    if isinstance(said, np.ma.MaskedArray):
        said = said.filled(False)
    passed = np.asarray(said)
    if passed.shape != (n,):
        raise WrongAnswer(f"filter_batch gave an answer of shape {passed.shape} for {n} alerts: it must give a boolean for each")
    if passed.dtype != bool:
        raise WrongAnswer(f"filter_batch gave {passed.dtype}: it must give a boolean for each alert")
    return passed


def _each(values, n, what):
    if len(values) != n:
        raise WrongAnswer(f"{what} has {len(values)} values for {n} alerts: it must have one for each")
    return values
