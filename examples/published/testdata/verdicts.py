"""Verdicts of published filters by plain Python, clause by clause, for tests.

usage: python verdicts.py FOLDER...   reads the .avro files below, prints for each
alert a line of JSON: {"candid": ..., "holds": ["ztf-purity.1", ...]}

A value is missing (None) where it is null, NaN, or not in the alert's schema. A
comparison with a missing value is false, arithmetic with one is missing.
"""

import json
import math
import sys
from pathlib import Path

import fastavro
from astropy.coordinates import SkyCoord


class Number:
    """A number that may be missing."""

    def __init__(self, x):
        if isinstance(x, Number):
            x = x.x
        self.x = None if x is None or x != x else x

    def compare(self, other, how):
        y = Number(other).x
        return self.x is not None and y is not None and how(self.x, y)

    def __lt__(self, other):
        return self.compare(other, lambda a, b: a < b)

    def __le__(self, other):
        return self.compare(other, lambda a, b: a <= b)

    def __gt__(self, other):
        return self.compare(other, lambda a, b: a > b)

    def __ge__(self, other):
        return self.compare(other, lambda a, b: a >= b)

    def __eq__(self, other):
        return self.compare(other, lambda a, b: a == b)

    def __ne__(self, other):
        return not self == other

    def __sub__(self, other):
        y = Number(other).x
        return Number(None if self.x is None or y is None else self.x - y)

    def __add__(self, other):
        y = Number(other).x
        return Number(None if self.x is None or y is None else self.x + y)

    def __truediv__(self, other):
        y = Number(other).x
        return Number(None if self.x is None or y is None or y == 0 else self.x / y)

    def __abs__(self):
        return Number(None if self.x is None else abs(self.x))

    @property
    def missing(self):
        return self.x is None


class Row:
    """A record of which any field may be asked for."""

    def __init__(self, record):
        self.record = record or {}

    def __getattr__(self, name):
        value = self.record.get(name)
        return value if isinstance(value, str) else Number(value)

    @property
    def positive(self):
        return self.record.get("isdiffpos") in ("t", "1")


def text(value):
    return None if isinstance(value, Number) else value


def least(numbers):
    there = [n.x for n in numbers if not n.missing]
    return Number(min(there) if there else None)


def mean(numbers):
    there = [n.x for n in numbers if not n.missing]
    return Number(sum(there) / len(there) if there else None)


def galactic_latitude(c):
    return Number(SkyCoord(c.ra.x, c.dec.x, unit="deg").galactic.b.deg)


def ztf(alert, c, prv):
    detections = [p for p in prv if not p.magpsf.missing and p.positive] + [c]
    in_time = sorted(detections, key=lambda p: p.jd.x)
    gaps = [b.jd - a.jd for a, b in zip(in_time, in_time[1:])]
    yield "ztf-purity", [c.rb >= 0.65, c.nbad == 0, c.fwhm <= 5, c.elong <= 1.2, abs(c.magdiff) <= 0.1]
    yield "ztf-extragalactic", [
        c.positive,
        c.distpsnr1.missing or c.distpsnr1 > 1.5 or c.sgscore1 < 0.5,
        c.ssdistnr.missing or c.ssdistnr < 0 or c.ssdistnr > 5,
        len(detections) >= 2,
        any(gap >= 30 / 1440 for gap in gaps),
    ]
    yield "boom-rock", [c.ssdistnr >= 0 and c.ssdistnr < 12, c.ssmagnr >= 0]
    near = c.distpsnr1 >= 0 and c.distpsnr1 <= 1
    red = c.srmag1 > 0 and (c.szmag1 > 0 and c.srmag1 - c.szmag1 > 3 or c.simag1 > 0 and c.srmag1 - c.simag1 > 3)
    yield "boom-star", [c.sgscore1 > 0.76 and c.distpsnr1 >= 0 and c.distpsnr1 <= 2 or c.sgscore1 > 0.2 and near and red]
    yield "boom-near-bright-star", [near_bright_star(c)]


def near_bright_star(c):
    gaia = c.neargaiabright >= 0 and c.neargaiabright <= 20 and c.maggaiabright > 0 and c.maggaiabright <= 12
    ps1 = c.distpsnr1 >= 0 and c.distpsnr1 <= 20 and c.srmag1 > 0 and c.srmag1 <= 15 and c.sgscore1 > 0.49
    return gaia or ps1


def bts(alert, c, prv):
    age = c.jd - c.jdstarthist
    far = lambda distance: Number(99.0) if distance < 0 else distance
    d1, d2, d3, dref = far(c.distpsnr1), far(c.distpsnr2), far(c.distpsnr3), far(c.distnr)
    ps1 = Number(99.0)
    for m in (c.sgmag1, c.simag1, c.srmag1):
        if m > 0 and m < 30:
            ps1 = m
    brightest = least([m for m in (c.srmag1, c.simag1, c.sgmag1, c.szmag1) if m > 0])
    if brightest.missing:
        brightest = Number(99.0)
    earlier = [p for p in prv if not p.magpsf.missing and p.positive]
    peak = least([p.magpsf for p in prv if p.fid == c.fid] + [c.magpsf])
    faint_lately = any(p.magpsf >= 19 and abs(c.jd - p.jd) < 0.75 for p in earlier)
    r, i, z = abs(c.srmag1), abs(c.simag1), abs(c.szmag1)
    bogus = (
        c.rb <= 0.2
        or (c.rb < 0.35 and abs(c.neargaia) < 1 and abs(c.maggaia) < 17)
        or (c.rb < 0.35 and d1 < 1 and c.sgscore1 > 0.49 and (r < 17 or i < 17 or z < 16.5))
        or (c.rb < 0.45 and abs(c.neargaia) < 1.5 and abs(c.maggaia) < 15.5)
        or (c.rb < 0.45 and d1 < 1.5 and c.sgscore1 > 0.49 and (r < 15.5 or i < 15.5 or z < 15))
        or c.drb < 0.8
        or (c.drb < 0.9 and d1 < 3 and ps1 < 16 and age > 90)
        or (c.drb < 0.9 and d1 < 1.1 and ps1 < 18 and age > 90)
        or (c.drb < 0.95 and d1 < 1.5 and ps1 < 15.5 and age > 90)
        or (c.drb < 0.95 and d1 < 0.8 and ps1 < 17.5 and age > 90)
    )
    red = c.szmag1 > 0 and c.srmag1 - c.szmag1 > 3 or c.simag1 > 0 and c.srmag1 - c.simag1 > 3
    underneath = c.sgscore1 > 0.76 and d1 < 2.5 or c.sgscore1 > 0.2 and d1 < 1 and c.srmag1 > 0 and red
    bright = (
        (abs(c.neargaiabright) < 20 and abs(c.maggaiabright) < 12)
        or (d1 < 20 and r < 14 and c.sgscore1 > 0.9)
        or (d2 < 20 and abs(c.srmag2) < 14 and c.sgscore2 > 0.9)
        or (d3 < 20 and abs(c.srmag3) < 14 and c.sgscore3 > 0.9)
        or (d1 < 20 and i < 14 and c.sgscore1 > 0.9)
        or (d1 < 10 and z < 14 and c.sgscore1 > 0.9)
    )
    before = sum(c.jd - p.jd > 0.75 and c.jd - p.jd < 30 and p.magpsf > 0 and p.magpsf < 19.8 for p in earlier)
    in_reference = (dref < 0.4 and c.magnr < 19.5) or (dref < 0.8 and c.magnr < 17.5) or (dref < 1.2 and c.magnr < 15.5)
    variable = (
        (
            age > 90 and c.ndethist > 30 and before >= (1 if age > 360 else 2) and c.magnr > 0
            and not (c.magpsf <= peak and c.magpsf < 18.5) and in_reference
        )
        or (
            c.maggaia > 0 and c.neargaia > 0
            and (
                (c.neargaia < 0.35 and c.maggaia < 17 and age > 30)
                or (c.neargaia < 0.35 and c.maggaia < 19 and age > 300 and c.magpsf > 18.5)
                or (c.neargaia < 0.2 and c.maggaia < 18 and age > 90)
            )
        )
        or (c.sgscore1 > 0.25 and d1 < 3 and age > 90 and brightest < 16)
        or (c.sgscore1 == 0.5 and d1 < 0.5 and age > 90 and brightest < 17)
        or (c.magnr > 0 and c.magnr < c.magpsf - 1 and age > 90 and dref < 0.5 and c.magpsf > peak)
        or c.ndethist > 200
    )
    seen = any(abs(c.jd - p.jd) > 0.02 and p.magpsf < 99 for p in earlier)
    yield "bts", [
        c.magpsf < 19.8, not faint_lately, c.positive, not bogus, not underneath, not bright, not variable, seen,
        Number(alert.get("roid")) == 0,
    ]


def boom(alert, c, prv):
    before = [p for p in prv if not p.magpsf.missing and p.positive]
    detections = before + [c]
    steps = []
    for band in (1, 2, 3):
        points = sorted((p for p in detections if p.fid == band), key=lambda p: p.jd.x)
        steps += list(zip(points, points[1:]))
    rises = any(b.jd - a.jd >= 0.02 and (a.magpsf - b.magpsf) / (b.jd - a.jd) >= 0.2 for a, b in steps)
    fades = any(b.jd - a.jd >= 0.02 and (b.magpsf - a.magpsf) / (b.jd - a.jd) >= 0.2 for a, b in steps)
    span = abs(c.jd - c.jdstarthist)
    yield "boom-fast", [
        c.rb > 0.3 and c.drb > 0.9, c.ndethist <= 200, c.nbad < 5, c.fwhm > 0.5 and c.fwhm < 8, c.positive, span > 0 and span < 7,
        abs(c.magpsf - c.magap) < 0.75,
        c.sgscore1 <= 0.76 or c.distpsnr1 >= 2 or c.distpsnr1 < 0,
        c.ssdistnr < 0 or c.ssdistnr >= 12 or c.ssmagnr <= 0 or c.ssmagnr.missing or abs(c.ssmagnr - c.magpsf) >= 1,
        c.ncovhist > c.ndethist,
        not near_bright_star(c),
        True,  # the simulated catalogue has nothing where real alerts are
        any(c.jd - p.jd > 0.015 for p in before),
        not any(c.jd - p.jd > 7 for p in before),
        sum(p.fid == c.fid for p in detections) >= 2,
        rises != fades,
    ]


def ampel(alert, c, prv):
    before = [p for p in prv if not p.magpsf.missing]
    times = [p.jd.x for p in before] + [c.jd.x]
    real = c.rb >= 0.3 and c.fwhm <= 5.5 and c.elong <= 1.4 and abs(c.magdiff) <= 1
    scores = [abs(s - 0.5) for s in (c.sgscore1, c.sgscore2, c.sgscore3)]
    confused = all(d < 3 for d in (c.distpsnr1, c.distpsnr2, c.distpsnr3)) and all(s < 0.1 for s in scores)
    decent = [
        len(times) >= 2,
        max(times) - min(times) <= 5,
        real,
        not (c.ssdistnr >= 0 and c.ssdistnr < 20),
        abs(galactic_latitude(c)) >= 14,
        not (c.distpsnr1 >= 0 and c.distpsnr1 < 1 and c.sgscore1 > 0.8),
        not confused,
        True,  # the simulated catalogue again
    ]
    yield "ampel-decent", decent
    yield "ampel-xshooter", [
        c.dec <= 10, c.chipsf <= 4, c.seeratio <= 2, c.sumrat >= 0.6,
        any(p.magpsf.missing and c.jd - p.jd <= 5 for p in prv),
        not any(c.jd - p.jd > 0.25 and c.jd - p.jd <= 5 for p in before),
        decent[0], *decent[2:],
    ]
    yield "ampel-cluster", [c.ra.x is not None and SkyCoord(c.ra.x, c.dec.x, unit="deg").separation(
        SkyCoord(194.95, 27.98, unit="deg")).deg <= 1.2]


HOSTS = """Unknown Candidate_SN* SN Transient Fail galaxy Galaxy EmG Seyfert Seyfert_1 Seyfert_2 BlueCompG StarburstG LSB_G
HII_G High_z_G GinPair GinGroup BClG GinCl PartofG""".split()


def fink(alert, c, prv):
    score = lambda name: Number(alert.get(name) if not isinstance(alert.get(name), (str, dict, list)) else None)
    age = c.jd - c.jdstarthist
    match, roid = alert.get("cdsxmatch"), score("roid")
    host, real, point = match in HOSTS, c.drb > 0.5, c.classtar > 0.4
    sn = score("snn_snia_vs_nonia") > 0.5 or score("snn_sn_vs_all") > 0.5
    yield "fink-kilonova", [score("rf_kn_vs_nonkn") > 0.5, real, point, age < 5, c.ndethist < 20, roid != 3, host]
    yield "fink-early-supernova", [sn, score("rf_snia_vs_nonia") > 0.5, c.ndethist <= 20, real, point, host]
    yield "fink-supernova", [sn, real, point, age <= 90, c.ndethist > 1, roid != 3, host]
    yield "fink-asteroid", [roid == 2]
    yield "fink-microlensing", [score("mulens") > 0]
    yield "fink-blazar", [match in ("Blazar", "Blazar_Candidate", "BLLac", "BLLac_Candidate")]
    yield "fink-vra", [match == "Unknown", roid != 3, c.magpsf > 19.5, real]
    points = [p for p in prv if not p.magpsf.missing] + [c]
    three, fades = len(points) == 3, None
    if len(points) >= 3:
        second, third = points[1], points[2]
        if second.fid == 1 and third.fid == 2:
            fades = second.magpsf - third.magpsf <= 0.3
        else:
            fades = third.magpsf > second.magpsf
    yield "fink-orphan-afterglow", [
        age <= 30, all(p.magpsf > 18 for p in points), three, points[-1].jd - points[0].jd < 10, fades or False,
        mean([p.magpsf for p in points if p.fid == 1]) - mean([p.magpsf for p in points if p.fid == 2]) >= 0,
        all(text(p.ssnamenr) in (None, "null") for p in points),
    ]


def flux(mag):
    return Number(None if mag.missing else 10 ** ((31.4 - mag.x) / 2.5))


def apparent(p):
    """The flux of a source: that of the difference added to the reference's, or taken from it."""
    change, reference = flux(p.magpsf), flux(p.magnr)
    if change.missing or reference.missing or p.magnr < 0:
        return Number(None)
    total = reference.x + (change.x if p.positive else -change.x)
    return Number(total if total > 0 else None)


def line(xs, ys, errs):
    """The slope of the line through points, each weighted by its error."""
    points = [(x.x, y.x, 1 / e.x**2) for x, y, e in zip(xs, ys, errs) if not (x.missing or y.missing or e.missing) and e > 0]
    total = sum(w for _, _, w in points)
    if len(points) < 2:
        return Number(None)
    x0, y0 = (sum(p[i] * p[2] for p in points) / total for i in (0, 1))
    spread = sum(w * (x - x0) ** 2 for x, _, w in points)
    return Number(sum(w * (x - x0) * (y - y0) for x, y, w in points) / spread if spread > 0 else None)


def around(alert, c, prv):
    """Fink's filters that look into catalogues: the simulated ones have nothing where real alerts are."""
    age, roid, host = c.jd - c.jdstarthist, Number(alert.get("roid")), alert.get("cdsxmatch") in HOSTS
    yield "fink-early-kilonova", [c.drb > 0.5, c.classtar > 0.4, age < 0.25, roid != 3, host, False, True]
    points, fluxes = [], []
    for p in [p for p in prv if not p.magpsf.missing and p.fid == c.fid] + [c]:
        f = apparent(p)
        if not f.missing and 31.4 - 2.5 * math.log10(f.x) < 21:
            points.append(p)
            fluxes.append(f.x)
    times = [p.jd for p in points]
    mags = [Number(31.4 - 2.5 * math.log10(f)) for f in fluxes]
    errors = []
    for p, f in zip(points, fluxes):
        known = not (p.sigmapsf.missing or p.sigmagnr.missing)
        errors.append(Number(math.hypot(flux(p.magpsf).x * p.sigmapsf.x, flux(p.magnr).x * p.sigmagnr.x) / f if known else None))
    yield "fink-fading-kilonova", [
        c.drb > 0.9, c.classtar > 0.4, age < 5, c.ndethist < 20, c.positive, c.ssdistnr > 10 or c.ssdistnr < 0,
        abs(galactic_latitude(c)) > 10, host, len(times) > 0 and times[-1] - times[0] > 0.5, line(times, mags, errors) > 0.3, True,
    ]
    yield "fades", [line(times, mags, errors) > 0.01]
    yield "fink-magnetic-cv", [False]


def main(folders):
    for folder in folders:
        for path in sorted(Path(folder).rglob("*.avro")):
            with path.open("rb") as file:
                for alert in fastavro.reader(file):
                    c = Row(alert["candidate"])
                    prv = [Row(p) for p in alert.get("prv_candidates") or []]
                    holds = []
                    for family in (ztf, bts, boom, ampel, fink, around):
                        for name, clauses in family(alert, c, prv):
                            holds += [f"{name}.{i + 1}" for i, held in enumerate(clauses) if held]
                    print(json.dumps({"candid": alert["candid"], "holds": sorted(holds)}))


main(sys.argv[1:])
