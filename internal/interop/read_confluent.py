"""Reads a topic with confluent-kafka and fastavro, and prints a JSON object per
record: what arrived, and what fastavro and json make of it.

usage: read_confluent.py BOOTSTRAP TOPIC
"""

import hashlib
import io
import json
import sys

import fastavro
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition


def records(bootstrap, topic):
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "interop", "enable.auto.commit": False})
    found = consumer.list_topics(topic, 30).topics[topic].partitions
    left = {}
    for p in found:
        low, high = consumer.get_watermark_offsets(TopicPartition(topic, p), 30)
        if low < high:
            left[p] = high
    consumer.assign([TopicPartition(topic, p, OFFSET_BEGINNING) for p in left])
    while left:
        m = consumer.poll(60)
        if m is None or m.error():
            raise SystemExit(f"reading {topic}: {m and m.error()}")
        yield m
        if m.offset() + 1 >= left.get(m.partition(), 0):
            left.pop(m.partition(), None)
    consumer.close()


def main(bootstrap, topic):
    for m in records(bootstrap, topic):
        headers = dict(m.headers())
        alerts = list(fastavro.reader(io.BytesIO(m.value())))
        print(json.dumps({
            "source": headers["skysift-source"].decode(),
            "class": headers["skysift-class"].decode(),
            "filters": json.loads(headers["skysift-filters"]),
            "format": headers["_format"].decode(),
            "key": m.key().decode() if m.key() is not None else None,
            "sha256": hashlib.sha256(m.value()).hexdigest(),
            "candids": [str(a["candid"]) for a in alerts],
            "magnitudes": [a["candidate"]["magpsf"] for a in alerts],
            "fields": len(alerts[0]["candidate"]) if alerts else 0,
        }))


if __name__ == "__main__":
    main(*sys.argv[1:])
