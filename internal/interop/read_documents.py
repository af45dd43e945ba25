"""Reads the same documents as bluesky-kafka packed them and as JSON, and prints a JSON
object per document: what of it differs, and how many arrays are only told of.

usage: read_documents.py BOOTSTRAP PASSTHROUGH JSON
"""

import base64
import json
import math
import sys
from collections import Counter

import msgpack
import msgpack_numpy
import numpy as np
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

# Larger arrays are told of, not written out.
MOST = 10_000


def messages(bootstrap, topic):
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "interop", "enable.auto.commit": False})
    low, high = consumer.get_watermark_offsets(TopicPartition(topic, 0), 30)
    consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
    while low < high:
        m = consumer.poll(60)
        if m is None or m.error():
            raise SystemExit(f"reading {topic}: {m and m.error()}")
        yield dict(m.headers())["skysift-source"].decode(), m
        low = m.offset() + 1
    consumer.close()


def number(want, got):
    if isinstance(want, (bool, np.bool_)):
        return got is bool(want)
    if isinstance(want, (int, np.integer)):
        return type(got) is int and got == int(want)
    if not math.isfinite(want):
        return got is None
    # A float of fewer bits has only the digits that it needs.
    return got is not None and (type(want)(got) == want)


def differences(where, want, got, seen):
    if isinstance(want, np.ndarray):
        seen["arrays"] += 1
        yield from array(where, want, got, seen)
    elif isinstance(want, dict):
        if not isinstance(got, dict) or list(want) != list(got):
            yield where
            return
        for key in want:
            yield from differences(f"{where}.{key}", want[key], got[key], seen)
    elif isinstance(want, (list, tuple)):
        if not isinstance(got, list) or len(want) != len(got):
            yield where
            return
        for i, item in enumerate(want):
            yield from differences(f"{where}[{i}]", item, got[i], seen)
    elif isinstance(want, bytes):
        if got != base64.b64encode(want).decode():
            yield where
    elif want is None or isinstance(want, str):
        if got != want:
            yield where
    elif not number(want, got):
        yield where


def array(where, want, got, seen):
    if want.ndim == 0:
        if not number(want[()], got):
            yield where
    elif want.dtype.kind not in "biuf" or want.size == 0 and want.ndim > 1:
        seen["told"] += 1
        name = want.dtype.name if want.dtype.kind in "biuf" else want.dtype.str
        if got != {"shape": list(want.shape), "dtype": name}:
            yield where
    elif want.size > MOST:
        seen["told"] += 1
        mean = np.mean(want, dtype="f8")
        if (
            list(got) != ["shape", "dtype", "min", "max", "mean"] or got["shape"] != list(want.shape) or got["dtype"] != want.dtype.name
            or not number(np.nanmin(want), got["min"]) or not number(np.nanmax(want), got["max"]) or not np.isclose(got["mean"], mean, rtol=1e-9, atol=1e-12)
        ):
            yield where
    else:
        rows = [want[i] for i in range(len(want))]
        if not isinstance(got, list) or len(got) != len(rows):
            yield where
            return
        for i, row in enumerate(rows):
            if isinstance(row, np.ndarray):
                yield from array(f"{where}[{i}]", row, got[i], Counter())
            elif not number(row, got[i]):
                yield f"{where}[{i}]"


def main(bootstrap, passthrough, as_json):
    wanted = {source: m for source, m in messages(bootstrap, passthrough)}
    for source, m in messages(bootstrap, as_json):
        original = wanted.pop(source)
        want = msgpack.unpackb(original.value(), object_hook=msgpack_numpy.decode, strict_map_key=False)
        seen = Counter()
        found = list(differences("", want, json.loads(m.value()), seen))
        print(json.dumps({
            "source": source, "different": found, "arrays": seen["arrays"], "told": seen["told"],
            "said": dict(m.headers())["skysift-encoding"].decode(), "key": m.key() == original.key(),
        }))
    if wanted:
        raise SystemExit(f"not among the JSON: {sorted(wanted)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
