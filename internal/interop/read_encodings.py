"""Reads the same alerts as they were, as JSON, in Confluent's framing and as
Fink's client takes them, each with the client that is made for it, and prints a
JSON object per alert and encoding: whether it is the same alert.

usage: read_encodings.py BOOTSTRAP REGISTRY PASSTHROUGH JSON CONFLUENT FINK
"""

import base64
import io
import json
import math
import struct
import sys
from datetime import datetime, timedelta, timezone

import fastavro
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext
from fink_client.consumer import AlertConsumer


def messages(bootstrap, topic):
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "interop", "enable.auto.commit": False})
    left = {}
    for p in consumer.list_topics(topic, 30).topics[topic].partitions:
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


def header(m, name):
    value = dict(m.headers()).get(name)
    return None if value is None else value.decode()


def same(want, got, rounded):
    """Whether got is want; rounded: as JSON has it."""
    if isinstance(want, dict):
        return isinstance(got, dict) and list(want) == list(got) and all(same(want[k], got[k], rounded) for k in want)
    if isinstance(want, list):
        return isinstance(got, list) and len(want) == len(got) and all(same(w, g, rounded) for w, g in zip(want, got))
    if isinstance(want, bytes):
        return got == (base64.b64encode(want).decode() if rounded else want)
    if isinstance(want, datetime) and rounded:  # JSON has the number that Avro has
        return got == (want - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1)
    if isinstance(want, float):
        if math.isnan(want):
            return got is None if rounded else math.isnan(got)
        return got == want or rounded and got is not None and struct.pack("f", got) == struct.pack("f", want)
    return got == want and type(got) is type(want)


def main(bootstrap, registry, passthrough, as_json, confluent, fink):
    wanted = {}
    for m in messages(bootstrap, passthrough):
        (wanted[header(m, "skysift-source")],) = fastavro.reader(io.BytesIO(m.value()))

    def tell(encoding, m, alert):
        source = header(m, "skysift-source")
        print(json.dumps({
            "encoding": encoding, "source": source, "same": same(wanted[source], alert, encoding == "json"),
            "said": header(m, "skysift-encoding"), "format": header(m, "_format"),
        }))

    for m in messages(bootstrap, as_json):
        tell("json", m, json.loads(m.value()))
    deserialize = AvroDeserializer(SchemaRegistryClient({"url": registry}))
    for m in messages(bootstrap, confluent):
        tell("confluent", m, deserialize(m.value(), SerializationContext(confluent, MessageField.VALUE)))
    client = AlertConsumer([fink], {"bootstrap.servers": bootstrap, "group.id": "interop"}, survey="ztf")
    for m in messages(bootstrap, fink):
        topic, alert, key = client.process_message(m)
        tell("fink", m, alert)
    client.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
