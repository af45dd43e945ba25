"""Batches as the host makes them, for tests."""

import numpy as np

from skysift_plugin import plugin_pb2 as pb


def bits(flags):
    return np.packbits(np.array(flags, dtype=bool), bitorder="little").tobytes()


def column(kind, values):
    """A column of values, None where missing."""
    made = pb.Column()
    blank = {"floats": 0.0, "ints": 0, "bools": False, "strings": "", "blobs": b""}[kind]
    getattr(made, kind).values.extend(blank if value is None else value for value in values)
    getattr(made, kind).SetInParent()
    if None in values:
        made.missing = bits([value is None for value in values])
    return made


def lists(kind, values):
    """A column of lists, None where missing."""
    made = pb.Column()
    made.lists.lengths.extend(len(value or ()) for value in values)
    made.lists.items.CopyFrom(column(kind, [item for value in values for item in value or ()]))
    if None in values:
        made.missing = bits([value is None for value in values])
    return made


def batch(alerts, *columns, **more):
    return pb.Batch(id=7, alerts=alerts, columns=columns, **more)


def passed(reply):
    return np.unpackbits(np.frombuffer(reply.passed, dtype=np.uint8), count=reply.alerts, bitorder="little").astype(bool).tolist()


def errors(reply):
    return {detail.alert: detail.error for detail in reply.details if detail.error}
