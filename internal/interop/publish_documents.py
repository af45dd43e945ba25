"""Publishes what documents of a run engine can hold, as bluesky-kafka packs them: every
type of numpy's numbers in both byte orders, arrays small, large, and of no numbers, whole
integers, NaN and infinities, bytes, and texts.

    publish_documents.py BROKERS TOPIC
"""

import sys

import msgpack
import msgpack_numpy
import numpy as np
from confluent_kafka import Producer

TYPES = ["|b1", "|i1", "|u1"] + [order + kind for order in "<>" for kind in ["i2", "i4", "i8", "u2", "u4", "u8", "f2", "f4", "f8"]]


def numbers(dtype, count):
    rng = np.random.default_rng(count)
    if np.dtype(dtype).kind == "f":
        some = rng.normal(size=count).astype(dtype)
        some[:3] = [np.nan, np.inf, 0.1][:count]
        return some
    return np.frombuffer(rng.bytes(count * np.dtype(dtype).itemsize), dtype) if dtype != "|b1" else rng.random(count) < 0.3


def documents():
    for dtype in TYPES:
        yield {"small": numbers(dtype, 6).reshape(2, 3), "one": numbers(dtype, 4)[3], "point": np.array(numbers(dtype, 4)[3]), "none": numbers(dtype, 0)}
        finite = np.nan_to_num(numbers(dtype, 12_000), posinf=0)
        yield {"large": finite.reshape(3, 40, 100), "limit": finite[:10_000], "rows": [finite[:5], finite[:10_001]]}
    yield {"integers": [2**64 - 1, -(2**63), 2**53 + 1, 0], "floats": [0.1, float("nan"), float("-inf"), 1e300, -0.0]}
    yield {"bytes": b"\x00\xff", "text": "\u03b1 \u2028 <&> \"quoted\" \\ \n", "none": None, "yes": True, "empty": {}, "list": [], "deep": [[{"a": [None]}]]}
    yield {"texts": np.array(["a", "bc"]), "complex": np.array([1 + 2j]), "no_numbers": np.zeros((3, 0))}


def main(brokers, topic):
    producer = Producer({"bootstrap.servers": brokers, "acks": "all"})
    for i, data in enumerate(documents()):
        document = {"uid": str(i), "seq_num": i, "time": 1772337600.25, "data": data}
        producer.produce(topic, msgpack.packb(["event", document], default=msgpack_numpy.encode), key="run")
    print(i + 1)
    producer.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
