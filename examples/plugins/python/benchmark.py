"""How many alerts a plug-in in Python judges in a second, end to end: batches
go through gRPC to a process of its own and their verdicts come back.

    python benchmark.py [SECONDS]

The first form has a call for each alert, the second one for each batch. Both
ask the same of five fields of each alert. The third reads whole alerts from
their bytes, if SKYSIFT_NIGHT names a folder of simulated ones.
"""

import itertools
import os
import sys
import tempfile
import threading
import time

import numpy as np

from skysift_plugin import plugin_pb2 as pb
from tests.batches import column, passed
from tests.test_server import Plugin

BATCH = 256
IN_HAND = 2  # batches, as the SDK asks for
FIELDS = ["candid", "candidate.magpsf", "candidate.rb", "candidate.fid", "candidate.distnr"]

FILTERS = f"""
class Function:
    fields = {FIELDS}

    def filter(self, alert):
        candidate = alert["candidate"]
        return candidate["magpsf"] < 18 and candidate["rb"] > 0.5 and candidate["distnr"] is not None and candidate["distnr"] > 2

class Vectorised:
    fields = {FIELDS}

    def filter_batch(self, columns):
        return (columns["candidate.magpsf"] < 18) & (columns["candidate.rb"] > 0.5) & (columns["candidate.distnr"] > 2)

class Whole:
    def filter(self, alert):
        candidate = alert["candidate"]
        return candidate["magpsf"] < 18 and candidate["rb"] > 0.5 and candidate["distnr"] > 2
"""


def projected():
    """A batch of the fields."""
    r = np.random.default_rng(1)
    distances = [None if x > 9 else x for x in r.uniform(0, 10, BATCH).tolist()]
    columns = [
        column("ints", [3611108330115010001 + i for i in range(BATCH)]),
        column("floats", r.uniform(15, 21, BATCH).tolist()),
        column("floats", r.uniform(0, 1, BATCH).tolist()),
        column("ints", r.integers(1, 3, BATCH).tolist()),
        column("floats", distances),
    ]
    return pb.Batch(alerts=BATCH, columns=columns)


def whole():
    """A batch of simulated alerts, cutouts and all."""
    folder = os.environ["SKYSIFT_NIGHT"]
    paths = [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.endswith(".avro")]
    records = []
    for path in itertools.islice(paths, 32):
        with open(path, "rb") as file:
            records.append(file.read())
    return pb.Batch(alerts=len(records), raw=records)


def measure(path, name, batch, seconds):
    """Returns alerts a second, and how many of a batch passed."""
    request = batch.SerializeToString()
    with Plugin(["-m", "skysift_plugin", f"{path}:{name}"]).connect() as plugin:
        [first] = plugin.judge(batch)
        began = time.perf_counter()
        deadline, judged = began + seconds, 0
        credits = threading.Semaphore(IN_HAND)
        requests = iter(lambda: request if credits.acquire() and time.perf_counter() < deadline else None, None)
        for _ in plugin.channel.stream_stream("/skysift.plugin.Filter/Judge")(requests):
            judged += batch.alerts
            credits.release()
        return judged / (time.perf_counter() - began), sum(passed(first))


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    batches = {"Function": projected, "Vectorised": projected}
    if os.environ.get("SKYSIFT_NIGHT"):
        batches["Whole"] = whole
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "filters.py")
        with open(path, "w") as file:
            file.write(FILTERS)
        for name, make in batches.items():
            batch = make()
            rate, passing = measure(path, name, batch, seconds)
            print(f"{name:12s} {rate:9.0f} alerts/s in batches of {batch.alerts}, of which {passing} pass")


if __name__ == "__main__":
    main()
