"""Whole alerts, decoded from their bytes."""

import contextlib
import io
import json
import os
import unittest
import zlib

import fastavro

from skysift_plugin import AlertFilter, Judge, decode
from tests.batches import batch, errors, passed

SCHEMA = {
    "type": "record",
    "name": "alert",
    "fields": [
        {"name": "candid", "type": "long"},
        {"name": "candidate", "type": {"type": "record", "name": "candidate", "fields": [{"name": "magpsf", "type": ["null", "float"]}]}},
    ],
}


def container(alerts, codec="null"):
    file = io.BytesIO()
    fastavro.writer(file, SCHEMA, alerts, codec=codec)
    return file.getvalue()


ALERT = {"candid": 2**62 + 1, "candidate": {"magpsf": 17.5}}


class Decode(unittest.TestCase):
    def test_avro_containers_with_and_without_compression(self):
        for codec in ("null", "deflate"):
            with self.subTest(codec=codec):
                self.assertEqual(decode(container([ALERT], codec)), ALERT)

    def test_json(self):
        self.assertEqual(decode(b"\xef\xbb\xbf " + json.dumps(ALERT).encode()), ALERT)

    def test_what_cannot_be_read_says_what_to_do(self):
        with self.assertRaisesRegex(ValueError, "name the fields that the filter needs in its fields"):
            decode(b"\x00\x00\x00\x00\x01rest")

    def test_damaged_containers_are_errors(self):
        whole = container([ALERT])
        for cut in (0, 3, 4, 20, len(whole) // 2, len(whole) - 30):
            with self.subTest(cut=cut), self.assertRaises((ValueError, EOFError, StopIteration, KeyError, zlib.error, IndexError)):
                decode(whole[:cut])

    def test_an_empty_container_has_no_alert(self):
        with self.assertRaises((ValueError, EOFError)):
            decode(container([]))


class FirstFilters(unittest.TestCase):
    """A class in the form in which ZTF's and Rubin's first filters were written."""

    class Bright:  # of no class of ours
        def __init__(self, topic):
            self.topic = topic

        def filter(self, alert):
            if (alert["candidate"]["magpsf"] < 18) & (alert["candid"] > 5):
                return True
            else:
                return False

    def test_it_runs_unchanged(self):
        judge = Judge(self.Bright("topic"))
        self.assertTrue(judge.describe().raw)
        self.assertEqual(list(judge.describe().fields), [])
        faint = {"candid": 9, "candidate": {"magpsf": 20.0}}
        self.assertEqual(passed(judge.judge(batch(2, raw=[container([ALERT]), container([faint])]))), [True, False])

    def test_a_record_that_cannot_be_decoded_is_one_alerts_error(self):
        with contextlib.redirect_stderr(io.StringIO()):
            reply = Judge(self.Bright("topic")).judge(batch(2, raw=[b"junk", container([ALERT])]))
        self.assertEqual(passed(reply), [False, True])
        self.assertIn("do not say how to read them", errors(reply)[0])

    def test_declared_fields_and_raw_bytes_together(self):
        class Both(AlertFilter):
            fields, raw = [], True

            def filter(self, alert):
                return decode(alert.raw)["candid"] == ALERT["candid"]

        self.assertEqual(passed(Judge(Both()).judge(batch(1, raw=[container([ALERT])]))), [True])


@unittest.skipUnless(os.environ.get("SKYSIFT_NIGHT"), "SKYSIFT_NIGHT names no folder: skysift simulate --out DIR makes one")
class Simulated(unittest.TestCase):
    def test_alerts_are_read_as_fastavro_reads_them(self):
        folder = os.environ["SKYSIFT_NIGHT"]
        names = [name for name in sorted(os.listdir(folder)) if name.endswith(".avro")]
        self.assertGreater(len(names), 10)
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                record = file.read()
            self.assertEqual(repr(decode(record)), repr(next(fastavro.reader(io.BytesIO(record)))))


if __name__ == "__main__":
    unittest.main()
