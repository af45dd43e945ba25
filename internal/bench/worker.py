"""A worker as one would write it in Python: confluent-kafka, fastavro, the ten
filters of testdata/filters.yaml, outputs to a topic per class, offsets
committed after the outputs. Schemas are parsed once; nothing is done per alert
that need not be.

usage: worker.py BOOTSTRAP TOPIC PARTITIONS ALERTS OUTPUT_PREFIX full|projected

Reads ALERTS alerts, an equal share of each partition, and prints one JSON
object. "projected" has fastavro decode only the fields that the filters need.
"""

import copy
import io
import json
import math
import sys
import time

import fastavro
from confluent_kafka import Consumer, Producer, TopicPartition

NEEDED = {
    "isdiffpos", "distpsnr1", "sgscore1", "ssdistnr", "drb", "rb", "magpsf", "distnr",
    "jd", "jdstarthist", "magnr", "ra", "dec", "fid",
}
GALACTIC_POLE = (-0.8676661490190047, -0.1980763734312015, 0.4559837761750669)


def unit(ra, dec):
    a, d = math.radians(ra), math.radians(dec)
    return math.cos(d) * math.cos(a), math.cos(d) * math.sin(a), math.sin(d)


def gal_b(ra, dec):
    u = unit(ra, dec)
    return math.degrees(math.asin(max(-1.0, min(1.0, sum(x * y for x, y in zip(GALACTIC_POLE, u))))))


CENTRE = unit(197.032, 7.41)
COS_HALF_DEGREE = math.cos(math.radians(0.5))


def lt(a, b):
    return a is not None and b is not None and a < b


def classes(c):
    """Returns the classes of a candidate, each with the names of its filters."""
    get = c.get
    passed = {}
    positive = c["isdiffpos"] in ("t", "1")
    mag, ssdistnr, distnr, magnr = get("magpsf"), get("ssdistnr"), get("distnr"), get("magnr")
    near_star = lt(get("distpsnr1"), 2) and lt(0.76, get("sgscore1"))
    asteroid = ssdistnr is not None and 0 <= ssdistnr < 5
    score = get("drb")
    if score is None:
        score = get("rb")
    ra, dec = c["ra"], c["dec"]
    if positive and mag is not None and mag <= 18.5 and lt(0.65, score) and not near_star and not asteroid:
        passed.setdefault("transient", []).append("bright-transient")
    if positive and lt(mag, 19) and lt(distnr, 0.6) and lt(get("sgscore1"), 0.5):
        passed.setdefault("transient", []).append("nuclear")
    if positive and lt(0.5, score) and lt(10, distnr) and not asteroid:
        passed.setdefault("transient", []).append("hostless")
    start = get("jdstarthist")
    if positive and start is not None and c["jd"] - start < 1 and lt(0.8, score) and not near_star and not asteroid:
        passed.setdefault("young", []).append("young")
    if ssdistnr is not None and 0 <= ssdistnr < 2:
        passed.setdefault("asteroid", []).append("asteroid")
    if positive and near_star and lt(magnr, 16):
        passed.setdefault("variable", []).append("variable")
    if positive and near_star and magnr is not None and mag is not None and magnr - mag > 2:
        passed.setdefault("variable", []).append("outburst")
    if lt(mag, 17.5) and abs(gal_b(ra, dec)) > 60:
        passed.setdefault("field", []).append("high-latitude")
    if sum(x * y for x, y in zip(CENTRE, unit(ra, dec))) >= COS_HALF_DEGREE:
        passed.setdefault("field", []).append("cone")
    if c["fid"] == 1 and lt(mag, 16.5) and positive:
        passed.setdefault("blue", []).append("blue")
    return passed


def read_long(b, p):
    n = shift = 0
    while True:
        byte = b[p]
        p += 1
        n |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (n >> 1) ^ -(n & 1), p
        shift += 7


def read_header(b):
    """Returns the schema of a container file and where its blocks begin."""
    schema, p = None, 4
    while True:
        count, p = read_long(b, p)
        if count == 0:
            return schema, p + 16
        for _ in range(count):
            size, p = read_long(b, p)
            key = b[p:p + size]
            p += size
            size, p = read_long(b, p)
            if key == b"avro.schema":
                schema = b[p:p + size]
            p += size


def projection(schema):
    schema = copy.deepcopy(schema)
    schema["fields"] = [f for f in schema["fields"] if f["name"] == "candidate"]
    record = schema["fields"][0]["type"]
    record["fields"] = [f for f in record["fields"] if f["name"] in NEEDED]
    return schema


class Decoder:
    def __init__(self, projected):
        self.projected = projected
        self.schemas = {}

    def decode(self, value):
        text, p = read_header(value)
        schemas = self.schemas.get(text)
        if schemas is None:
            schema = json.loads(text)
            reader = fastavro.parse_schema(projection(schema)) if self.projected else None
            schemas = self.schemas[text] = fastavro.parse_schema(schema), reader
        _, p = read_long(value, p)
        size, p = read_long(value, p)
        return fastavro.schemaless_reader(io.BytesIO(value[p:p + size]), schemas[0], schemas[1])


def main(bootstrap, topic, partitions, alerts, prefix, mode):
    consumer = Consumer({
        "bootstrap.servers": bootstrap, "group.id": prefix, "enable.auto.commit": False,
        "auto.offset.reset": "earliest", "fetch.message.max.bytes": 4 << 20, "queued.max.messages.kbytes": 65536,
    })
    producer = Producer({"bootstrap.servers": bootstrap, "acks": "all", "linger.ms": 10})
    share = int(alerts) // int(partitions)
    consumer.assign([TopicPartition(topic, p, 0) for p in range(int(partitions))])
    decoder = Decoder(mode == "projected")
    left = [share] * int(partitions)
    done = passing = 0
    begun = cpu = None
    while done < share * int(partitions):
        messages = consumer.consume(500, 1.0)
        if begun is None and messages:
            begun, cpu = time.perf_counter(), time.process_time()
        for m in messages:
            if m.error():
                raise SystemExit(m.error())
            partition = m.partition()
            if left[partition] == 0:
                continue
            left[partition] -= 1
            done += 1
            if left[partition] == 0:
                consumer.pause([TopicPartition(topic, partition)])
            value = m.value()
            passed = classes(decoder.decode(value)["candidate"])
            if not passed:
                continue
            passing += 1
            source = b"%s/%d/%d" % (topic.encode(), partition, m.offset())
            for name, filters in passed.items():
                while True:
                    try:
                        producer.produce(prefix + name, value, m.key(), partition % int(partitions), headers=[
                            ("skysift-class", name.encode()), ("skysift-source", source),
                            ("skysift-filters", json.dumps(filters).encode())])
                        break
                    except BufferError:
                        producer.poll(0.1)
            producer.poll(0)
    producer.flush()
    consumer.commit(offsets=[TopicPartition(topic, p, share) for p in range(int(partitions))], asynchronous=False)
    print(json.dumps({
        "alerts": done, "passing": passing,
        "seconds": time.perf_counter() - begun, "cpu_seconds": time.process_time() - cpu,
    }))


if __name__ == "__main__":
    main(*sys.argv[1:])
