"""Judges messages as the filters of examples/{facility,gcn,lasair,bluesky} do, in plain Python.

Reads lines "topic<TAB>path" and writes {path: [[filter, …] of each message]} as JSON.
"""

import json
import math
import sys

import msgpack
import msgpack_numpy
import numpy as np


def gal_b(ra, dec):
    """Galactic latitude in degrees, of ICRS (Liu, Zhu & Zhang 2011)."""
    pole_ra, pole_dec = math.radians(192.859477875), math.radians(27.1282524167)
    ra, dec = math.radians(ra), math.radians(dec)
    return math.degrees(math.asin(math.sin(dec) * math.sin(pole_dec) + math.cos(dec) * math.cos(pole_dec) * math.cos(ra - pole_ra)))


def number(x):
    return isinstance(x, (int, float)) and not isinstance(x, bool) and x == x


def greatest(x):
    if number(x):
        return x
    numbers = [v for v in x or [] if number(v)]
    return max(numbers) if numbers else None


def gcn(topic, m):
    size, ra, dec = greatest(m.get("ra_dec_error")), m.get("ra"), m.get("dec")
    if topic.startswith("gcn.notices.icecube"):
        p, c = m.get("p_astro"), m.get("containment_probability")
        if number(p) and p > 0.3 and size is not None and size < 1.5 and number(c) and c >= 0.9:
            yield "likely-astrophysical-neutrino"
    if topic.startswith(("gcn.notices.swift", "gcn.notices.fermi")):
        kind = m.get("alert_type")
        if ("initial" if kind is None else kind) != "retraction" and size is not None and size < 1 and number(dec) and dec > -59:
            yield "well-placed-burst"
    if number(ra) and number(dec) and abs(gal_b(ra, dec)) > 20:
        yield "off-the-galactic-plane"


def lasair(topic, m):
    flux = (m.get("diaSource") or {}).get("psfFlux")
    if number(flux) and flux > 0:
        yield "positive"
    history = [s.get("psfFlux") for s in m.get("prvDiaSources") or []]
    if len(history) > 5 and greatest(history) is not None and greatest(history) > 100:
        yield "has-been-bright"
    if any(s["band"] == "r" and s["psfFlux"] > 10 * s["psfFluxErr"] for s in m.get("candidates", [])):
        yield "ten-sigma-in-r"
    source = m.get("diaSourceId", (m.get("diaSource") or {}).get("diaSourceId"))
    if isinstance(source, int) and source % 2 == 0:
        yield "even"


def bluesky(topic, message):
    name, m = message
    data = m.get("data", {})

    def flat(key):
        value = data.get(key)
        return None if value is None else np.asarray(value, dtype=float).ravel()

    camera, current, image, spectrum, mask = map(flat, ("camera", "beam_current", "image", "spectrum", "mask"))
    if name == "event" and camera is not None and camera.max() >= 65535:
        yield "saturated"
    if name in ("event", "event_page") and current is not None and current.min() < 10:
        yield "beam-lost"
    if name == "stop" and m["exit_status"] != "success":
        yield "failed-run"
    if name == "descriptor" and m.get("name") == "primary":
        yield "primary-stream"
    if image is not None and abs(image.mean() + 0.0325) < 0.1 and image.max() > 2:
        yield "image"
    if spectrum is not None and spectrum.sum() > 7300 and np.median(spectrum) > 350:
        yield "spectrum"
    if mask is not None and mask.sum() == 2:
        yield "mask"
    if name == "event_page" and len(m["seq_num"]) > 0 and max(m["time"]) > 1.5e9:
        yield "page"
    if name == "event" and m["seq_num"] % 2 == 1:
        yield "odd"


def messages(path):
    with open(path, "rb") as f:
        content = f.read()
    if path.endswith(".msgpack"):
        return [msgpack.unpackb(content, object_hook=msgpack_numpy.decode)]
    return [json.loads(content)]


def main():
    judges = {"gcn": gcn, "lasair": lasair, "bluesky": bluesky}
    verdicts = {}
    for line in sys.stdin:
        topic, path = line.rstrip("\n").split("\t")
        judge = judges[topic.split(".")[0]]
        verdicts[path] = [sorted(judge(topic, m)) for m in messages(path)]
    json.dump(verdicts, sys.stdout)


main()
