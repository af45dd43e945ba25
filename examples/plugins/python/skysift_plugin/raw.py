"""Whole alerts, from the bytes in which they came."""

import functools
import io
import json

import fastavro

from skysift_plugin.alerts import Alert

_CONTAINER = b"Obj\x01"
_MAX_SCHEMAS = 32
_HEADER = fastavro.parse_schema(
    {
        "type": "record",
        "name": "Header",
        "fields": [
            {"name": "meta", "type": {"type": "map", "values": "bytes"}},
            {"name": "sync", "type": {"type": "fixed", "name": "Sync", "size": 16}},
        ],
    }
)
_COUNT = fastavro.parse_schema({"type": "long"})


def decode(record):
    """Returns the alert that a record's bytes hold: an Avro container file, as
    ZTF sends it, or JSON. ValueError where they hold none."""
    if record.startswith(_CONTAINER):
        return Alert(_first(record))
    text = record.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"{"):
        return Alert(json.loads(text))
    raise ValueError(
        "the record's bytes do not say how to read them (they are no Avro container file and no JSON object):"
        " name the fields that the filter needs in its fields, and Skysift decodes them"
    )


def _first(record):
    """Returns the first alert of an Avro container file. Each of ZTF's alerts
    has its schema in it, so schemas once parsed are kept."""
    file = io.BytesIO(record)
    file.seek(len(_CONTAINER))
    header = fastavro.schemaless_reader(file, _HEADER)
    if header["meta"].get("avro.codec", b"null") != b"null":
        file.seek(0)
        return next(iter(fastavro.reader(file)))
    count = fastavro.schemaless_reader(file, _COUNT)
    if count < 1:
        raise ValueError("the Avro container file has no alert in it")
    fastavro.schemaless_reader(file, _COUNT)  # the block's size
    return fastavro.schemaless_reader(file, _schema(header["meta"]["avro.schema"]))


@functools.lru_cache(maxsize=_MAX_SCHEMAS)
def _schema(text):
    return fastavro.parse_schema(json.loads(text))
