"""What the filters of examples/rubin are to say of Rubin's alerts, in Python.

judge_rubin.py SCHEMAS... -- FILE... prints a line of JSON for each file: the
filters that pass its alert, with their annotations. SCHEMAS are folders laid out
as the alert packet is; a file of neither framing is read by version 5.0.
"""

import glob
import io
import json
import math
import os
import sys

import fastavro
import fastavro.schema


def schemas(roots):
    found = {}
    for root in roots:
        for path in glob.glob(os.path.join(root, "*/*/lsst.v*_*.alert.avsc")):
            major, minor = path.split(os.sep)[-3:-1]
            found[100 * int(major) + int(minor)] = path
    return found


def alert(value, known):
    if value[:4] == b"Obj\x01":
        return next(fastavro.reader(io.BytesIO(value)))
    number, start = 500, 0
    if value[0] == 0 and int.from_bytes(value[1:5], "big") in known:
        number, start = int.from_bytes(value[1:5], "big"), 5
    schema = fastavro.schema.load_schema(known[number])
    return fastavro.schemaless_reader(io.BytesIO(value[start:]), schema)


def judge(packet):
    s, before = packet["diaSource"], packet.get("prvDiaSources") or []
    n = lambda name: nan(s.get(name))
    real = n("reliability") >= 0.5
    clean = not s.get("pixelFlags_bad") and not s.get("isDipole")
    fluxes = [f for f in (nan(p.get("psfFlux")) for p in before) if not math.isnan(f)]
    brightest = max(fluxes) if fluxes else math.nan
    passed = {}
    if real and clean and not (s.get("ssObjectId") or 0) != 0 and n("psfFlux") > 0 and n("snr") >= 5 and not before:
        passed["new-source"] = {"mag": round(31.4 - 2.5 * math.log10(s["psfFlux"]), 2), "band": s.get("band")}
    if real and clean and n("psfFlux") > 0 and n("psfFlux") < 0.7 * brightest:
        passed["fading"] = {"fraction": s["psfFlux"] / brightest}
    if real and n("psfFlux") / n("psfFluxErr") < -10:
        passed["dip"] = {}
    if n("trailLength") > 1.5 and not s.get("glint_trail"):
        passed["trail"] = {"arcsec": s["trailLength"]}
    if n("psfFlux") > 0 and 31.4 - 2.5 * math.log10(s["psfFlux"]) < 24:
        number = s.get("diaObjectId") or s.get("ssObjectId")
        passed["bright"] = {"object": str(number) if number else None, "detections": 1 + len(before)}
    if s["diaSourceId"] % 10 in (3, 7):
        passed["sample"] = {}
    return passed


def nan(value):
    return math.nan if value is None else value


def main(args):
    at = args.index("--")
    known = schemas(args[:at])
    for path in args[at + 1 :]:
        with open(path, "rb") as f:
            packet = alert(f.read(), known)
        print(json.dumps({"file": path, "id": packet["diaSource"]["diaSourceId"], "passed": judge(packet)}))


main(sys.argv[1:])
