"""Publishes the documents of examples/bluesky with bluesky-kafka's own Publisher.

    publish_bluesky.py BROKERS TOPIC
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "examples" / "bluesky" / "samples"))

from bluesky_kafka import Publisher  # noqa: E402
from make_samples import documents  # noqa: E402

brokers, topic = sys.argv[1:]
publish = Publisher(topic, brokers, key="run", producer_config={"acks": "all"})
for name, document in documents():
    publish(name, document)
publish.flush()
