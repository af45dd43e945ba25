"""A batch's columns, as numpy has them."""

from collections.abc import Mapping

import numpy as np

from skysift_plugin.values import from_value


class ColumnError(Exception):
    """A batch that is not as the protocol says."""


class Columns(Mapping):
    """The fields of a batch of alerts: ``columns["candidate.magpsf"]`` has a
    value for each alert.

    =========  ==============================================================
    field      column
    =========  ==============================================================
    floats     float64, NaN where missing
    integers   masked int64, exact to the last bit, masked where missing
    booleans   masked bool, masked where missing
    strings    array of objects: str, None where missing
    bytes      array of objects: bytes, None where missing
    lists      `ListColumn`
    others     array of objects as a single alert has them, None where missing
    =========  ==============================================================

    A column that is missing from all alerts of a batch is all NaN, whatever the
    field's kind is. Comparisons with NaN are false, those with masked values
    masked, which counts as false in what ``filter_batch`` returns.
    """

    def __init__(self, alerts, columns, raw=(), sources=()):
        #: How many alerts there are.
        self.alerts = alerts
        #: The bytes of each alert, if asked for.
        self.raw = raw
        #: "topic/partition/offset" of each alert, if asked for.
        self.sources = sources
        self._columns = columns  # by path: a column, or a function that returns it

    def __getitem__(self, path):
        if path not in self._columns:
            raise KeyError(f"{path} is not among the filter's fields: add it to them")
        column = self._columns[path]
        if callable(column):
            column = self._columns[path] = column()
        return column

    def __iter__(self):
        return iter(self._columns)

    def __len__(self):
        return len(self._columns)

    def only(self, i):
        """Returns the columns of one alert alone."""
        one = slice(i, i + 1)
        return Columns(1, {path: self[path][one] for path in self}, self.raw[one], self.sources[one])


class ListColumn:
    """A list for each alert, such as the history.

    ``items`` has the items of all lists one after another, as a column;
    ``lengths`` how many belong to each alert; ``missing`` is true where there
    is no list. ``column[i]`` is the list of alert i, None where it is missing.
    """

    def __init__(self, lengths, items, missing):
        self.lengths, self.items, self.missing = lengths, items, missing
        self._ends = np.cumsum(lengths, dtype=np.int64)

    def __len__(self):
        return len(self.lengths)

    def __getitem__(self, i):
        if isinstance(i, slice):
            chosen = range(*i.indices(len(self)))
            begin = self._begin(chosen[0]) if chosen else 0
            end = int(self._ends[chosen[-1]]) if chosen else 0
            return ListColumn(self.lengths[i], self.items[begin:end], self.missing[i])
        return None if self.missing[i] else self.items[self._begin(i) : int(self._ends[i])]

    def _begin(self, i):
        return int(self._ends[i] - self.lengths[i])


def missing_of(column, n):
    """Returns which of n values of a plugin.proto Column are missing."""
    if column.WhichOneof("values") is None:
        return np.ones(n, dtype=bool)
    # Beyond the end of the bits nothing is missing; what lies beyond the values means nothing.
    bits = np.unpackbits(np.frombuffer(column.missing, dtype=np.uint8), bitorder="little")[:n]
    missing = np.zeros(n, dtype=bool)
    missing[: len(bits)] = bits
    return missing


def array_of(column, n, is_list=False):
    """Returns a plugin.proto Column of n values as `Columns` describes."""
    kind = column.WhichOneof("values")
    missing = missing_of(column, n)
    if kind == "lists":
        return _lists(column.lists, missing, n)
    if kind is None:
        return ListColumn(np.zeros(n, dtype=np.int64), np.zeros(0), missing) if is_list else np.full(n, np.nan)
    values = getattr(column, kind).values
    if len(values) != n:
        raise ColumnError(f"a column of {len(values)} values for {n}")
    if kind == "floats":
        floats = np.array(values, dtype=np.float64)
        floats[missing] = np.nan
        return floats
    if kind in ("ints", "bools"):
        return np.ma.MaskedArray(np.array(values, dtype=np.int64 if kind == "ints" else bool), missing)
    if kind == "mixed":
        return _mixed([from_value(value) for value in values], missing)
    return _objects(values, missing)


def _lists(lists, missing, n):
    lengths = np.array(lists.lengths, dtype=np.int64)
    if len(lengths) != n:
        raise ColumnError(f"a column of {len(lengths)} lists for {n} alerts")
    # A missing list has no items of its own.
    return ListColumn(lengths, array_of(lists.items, int(lengths.sum())), missing)


def _objects(values, missing):
    objects = np.empty(len(values), dtype=object)
    objects[:] = values
    objects[missing] = None
    return objects


def _mixed(values, missing):
    """Numbers of both kinds become floats; all else stays as it is."""
    kinds = {type(value) for value, is_missing in zip(values, missing) if not (is_missing or value is None)}
    if kinds == {int, float} or kinds == {float}:
        return np.array([np.nan if gone or value is None else value for value, gone in zip(values, missing)], dtype=np.float64)
    objects = np.empty(len(values), dtype=object)
    for i, value in enumerate(values):
        objects[i] = None if missing[i] else value
    return objects


def list_of(column, n):
    """Returns a plugin.proto Column of n values as a list, None where missing."""
    kind = column.WhichOneof("values")
    if kind is None:
        return [None] * n
    if kind == "lists":
        values = _list_of_lists(column.lists)
    elif kind == "mixed":
        values = [from_value(value) for value in column.mixed.values]
    else:
        values = list(getattr(column, kind).values)
    if len(values) != n:
        raise ColumnError(f"a column of {len(values)} values for {n}")
    if column.missing:
        for i in np.flatnonzero(missing_of(column, n)):
            values[i] = None
    return values


def _list_of_lists(lists):
    items, begin, values = list_of(lists.items, sum(lists.lengths)), 0, []
    for length in lists.lengths:
        values.append(items[begin : begin + length])
        begin += length
    return values
