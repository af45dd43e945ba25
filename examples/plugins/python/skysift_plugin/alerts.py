"""Alerts that read like dicts, made from the columns of a batch."""

import re

from skysift_plugin.columns import ColumnError

_PATH = re.compile(r"[A-Za-z_]\w*(\[\])?(\.[A-Za-z_]\w*(\[\])?)*")


class Record(dict):
    """A dict that says of a field that it has not why not."""

    __slots__ = ()

    def __missing__(self, name):
        raise KeyError(f"{name} is not among the filter's fields: add its path to them")


class Alert(Record):
    """An alert: a dict of its fields, with dicts and lists in it.

    ``raw`` are its bytes and ``source`` says where it came from,
    "topic/partition/offset", if the filter asked for them.
    """

    __slots__ = ("raw", "source")


class Shape:
    """How alerts with these fields look: which of them lie in one dict, and
    which in the dicts of one list.

    Invariant: a name is a value or a dict or a list of dicts, not two of them.
    """

    def __init__(self, fields):
        self._root = {}
        for position, path in enumerate(fields):
            self._place(path, position)

    def _place(self, path, position):
        if not _PATH.fullmatch(path) or path.endswith("[]"):
            raise ValueError(f'"{path}" is no path of a field: write it like candidate.magpsf or prv_candidates[].jd')
        node, steps = self._root, path.split(".")
        for step in steps[:-1]:
            if _other(step) in node or not isinstance(node.setdefault(step, {}), dict):
                raise ValueError(f"{path} lies in a field that is named itself: leave one of them out")
            node = node[step]
        if {steps[-1], _other(steps[-1])} & node.keys():
            raise ValueError(f"{path} is named twice, or so is a field in it: leave one of them out")
        node[steps[-1]] = position

    def records(self, columns, n):
        """Returns n dicts, from a list of n values for each field."""
        return _records(self._root, columns, n, Alert)


def _other(step):
    """The same name as a list's or not as one."""
    return step.removesuffix("[]") if step.endswith("[]") else step + "[]"


def _records(node, columns, n, kind):
    names = [step.removesuffix("[]") for step in node]
    parts = [_part(step, child, columns, n) for step, child in node.items()]
    if not parts:
        return [kind() for _ in range(n)]
    return [kind(zip(names, row)) for row in zip(*parts)]


def _part(step, child, columns, n):
    if not isinstance(child, dict):
        return columns[child]
    if not step.endswith("[]"):
        return _records(child, columns, n, Record)
    within = list(_positions(child))
    return [_items(step, child, {position: columns[position][i] for position in within}) for i in range(n)]


def _items(step, node, columns):
    """Returns one alert's list of records; None where it is missing."""
    lengths = {len(column) for column in columns.values() if column is not None}
    if not lengths:
        return None
    if len(lengths) > 1:
        raise ColumnError(f"the columns of {step} differ in length")
    n = lengths.pop()
    whole = {position: [None] * n if column is None else column for position, column in columns.items()}
    return _records(node, whole, n, Record)


def _positions(node):
    for child in node.values():
        if isinstance(child, dict):
            yield from _positions(child)
        else:
            yield child
