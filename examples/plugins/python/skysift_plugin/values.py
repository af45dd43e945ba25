"""Values of the protocol from and to Python's."""

import math

import numpy as np

_INT64 = range(-(2**63), 2**63)


def from_value(value):
    """Returns a plugin.proto Value as Python's; None where it is missing."""
    kind = value.WhichOneof("kind")
    if kind is None:
        return None
    if kind == "list":
        return [from_value(item) for item in value.list.items]
    if kind == "map":
        return {entry.key: from_value(entry.value) for entry in value.map.entries}
    return getattr(value, kind)


def set_value(target, value):
    """Makes target, a plugin.proto Value, hold value; TypeError and ValueError
    where no Value can."""
    if isinstance(value, np.generic):
        value = value.item()
    elif isinstance(value, np.ma.core.MaskedConstant):
        value = None
    elif isinstance(value, np.ndarray):
        value = value.tolist()
    if value is None:
        target.Clear()
    elif isinstance(value, bool):
        target.bool = value
    elif isinstance(value, int):
        if value not in _INT64:
            raise ValueError(f"{value} has more than 64 bits")
        target.int = value
    elif isinstance(value, float):
        # To a filter NaN is a missing value.
        target.Clear() if math.isnan(value) else setattr(target, "float", value)
    elif isinstance(value, str):
        target.string = value
    elif isinstance(value, (bytes, bytearray, memoryview)):
        target.bytes = bytes(value)
    else:
        _set_container(target, value)


def _set_container(target, value):
    if isinstance(value, (list, tuple)):
        target.list.SetInParent()
        for item in value:
            set_value(target.list.items.add(), item)
    elif isinstance(value, dict):
        target.map.SetInParent()
        for key, item in value.items():
            entry = target.map.entries.add()
            entry.key = str(key)
            set_value(entry.value, item)
    else:
        raise TypeError(f"a value of type {type(value).__name__}: give a bool, int, float, str, bytes, list or dict")
