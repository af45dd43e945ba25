"""Reads a topic with hop-client, which goes by the header _format, and prints a
JSON object per record.

usage: read_hop.py BOOTSTRAP TOPIC
"""

import json
import sys

from hop import Stream
from hop.io import StartPosition


def main(bootstrap, topic):
    stream = Stream(auth=False, start_at=StartPosition.EARLIEST, until_eos=True)
    with stream.open(f"kafka://{bootstrap}/{topic}", "r") as source:
        for message, metadata in source.read(metadata=True):
            headers = dict(metadata.headers)
            print(json.dumps({
                "source": headers["skysift-source"].decode(),
                "model": type(message).__name__,
                "candids": [str(message.content["candid"])],
            }))


if __name__ == "__main__":
    main(*sys.argv[1:])
