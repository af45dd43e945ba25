"""Writes the documents beside it: of a simulated run, as bluesky-kafka packs them.

Needs msgpack, msgpack-numpy and numpy:  python make_samples.py
"""

from pathlib import Path

import msgpack
import msgpack_numpy
import numpy as np

RUN, STREAM = "5a1e0000-0000-4000-8000-000000000001", "5a1e0000-0000-4000-8000-000000000002"
TIME = 1772337600.25


def frame(peak):
    camera = (np.arange(24, dtype="<u2") * 100).reshape(4, 6)
    camera[1, 2:4] = peak
    return camera


def event(number, camera, current):
    return {
        "uid": f"5a1e0000-0000-4000-8000-00000000001{number}", "descriptor": STREAM, "seq_num": number, "time": TIME + number,
        "data": {"camera": camera, "beam_current": np.float32(current), "motor_x": -1.25 + number, "shutter": "open"},
        "timestamps": {"camera": TIME + number, "beam_current": TIME, "motor_x": TIME, "shutter": TIME}, "filled": {},
    }


def documents():
    yield "start", {"uid": RUN, "time": TIME, "scan_id": 812, "plan_name": "scan", "detectors": ["camera"], "roi": np.array([0, 0, 4, 6])}
    yield "descriptor", {
        "uid": STREAM, "run_start": RUN, "time": TIME, "name": "primary", "data_keys": {
            "camera": {"source": "SIM:camera", "dtype": "array", "shape": [4, 6]},
            "beam_current": {"source": "SIM:current", "dtype": "number", "shape": []},
            "motor_x": {"source": "SIM:x", "dtype": "number", "shape": []},
        }}
    yield "event", event(1, frame(65535), 201.5)
    yield "event", event(2, frame(40000), 3.25)
    yield "event_page", {
        "descriptor": STREAM, "uid": ["a", "b"], "time": [TIME + 3, TIME + 4], "seq_num": [3, 4], "filled": {},
        "data": {"beam_current": [201.25, 2.5], "motor_x": [1.75, 2.75], "camera": [frame(100), frame(65535)]}, "timestamps": {"motor_x": [TIME + 3, TIME + 4]},
    }
    yield "stop", {"uid": "5a1e0000-0000-4000-8000-000000000003", "run_start": RUN, "time": TIME + 9, "exit_status": "fail", "reason": "beam lost", "num_events": {"primary": 4}}


def main():
    for i, document in enumerate(documents()):
        path = Path(__file__).parent / f"{i:03}_{document[0]}.msgpack"
        path.write_bytes(msgpack.packb(list(document), default=msgpack_numpy.encode))


if __name__ == "__main__":
    main()
