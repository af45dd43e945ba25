"""Writes the figures of this folder, with mocpy 0.21.0, astropy-healpix 2.0.1 and
astropy 8.0.2: python figures.py, in this folder. All directions are made up."""

import json
import os

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import Table
from astropy_healpix import HEALPix, level_to_nside
from mocpy import MOC

rng = np.random.default_rng(20260301)


def directions(n):
    ra = rng.uniform(0, 360, n)
    dec = np.degrees(np.arcsin(rng.uniform(-1, 1, n)))
    return ra, dec


def line(*columns):
    return " ".join(repr(float(c)) if isinstance(c, float) else str(c) for c in columns) + "\n"


def pixels():
    ra, dec = directions(300)
    # around the poles, the edges of base pixels and the belt's limits
    more = [(r, d) for r in (0.0, 1e-9, 44.9, 90.0, 179.9999, 315.3, 359.9999999)
            for d in (-89.99999, -89.2, -66.1, -41.9, -41.7, -1e-7, 0.3, 41.7, 41.9, 66.1, 89.2, 89.99999)]
    ra = np.append(ra, [r for r, _ in more])
    dec = np.append(dec, [d for _, d in more])
    with open("healpix.txt", "w") as out:
        out.write("# ra dec, and the nested HEALPix pixels of orders 0, 5, 13 and 29 that astropy-healpix 2.0.1 gives (figures.py)\n")
        for r, d in zip(ra, dec):
            found = [HEALPix(level_to_nside(o), order="nested").lonlat_to_healpix(r * u.deg, d * u.deg) for o in (0, 5, 13, 29)]
            out.write(line(float(r), float(d), *[int(f) for f in found]))


def membership(name, moc, around):
    ra, dec = directions(150)
    near_ra, near_dec = around
    ra, dec = np.append(ra, near_ra), np.append(dec, near_dec)
    inside = moc.contains_lonlat(ra * u.deg, dec * u.deg)
    with open(name, "w") as out:
        out.write("# ra dec, and whether mocpy 0.21.0 finds them in the MOC (figures.py)\n")
        for r, d, i in zip(ra, dec, inside):
            out.write(line(float(r), float(d), int(i)))


def scatter(ra, dec, size, n):
    d = np.clip(dec + rng.uniform(-size, size, n), -90, 90)
    return (ra + rng.uniform(-size, size, n) / np.cos(np.radians(d))) % 360, d


def mocs():
    cone = MOC.from_cone(lon=30 * u.deg, lat=70 * u.deg, radius=12 * u.deg, max_depth=7)
    small = MOC.from_cone(lon=359.9 * u.deg, lat=-5 * u.deg, radius=0.5 * u.deg, max_depth=11)
    corners = SkyCoord([100, 120, 115, 95] * u.deg, [-30, -28, -10, -12] * u.deg)
    moc = cone.union(small).union(MOC.from_polygon_skycoord(corners, max_depth=8))
    moc.save("survey.fits", format="fits", overwrite=True)
    moc.save("survey-v1.fits", format="fits", overwrite=True, v1_compatible=True)
    with open("survey.json", "w") as out:
        json.dump(moc.serialize(format="json"), out)
        out.write("\n")
    around = [np.concatenate(c) for c in zip(scatter(30, 70, 14, 120), scatter(359.9, -5, 0.7, 120), scatter(107, -20, 14, 120))]
    membership("survey.txt", moc, around)


def skymap():
    """A made-up sky map in the form that GCN circulates: two smudges, in cells of two orders."""
    cells = []
    for order, wanted in ((3, False), (5, True)):
        hp = HEALPix(level_to_nside(order), order="nested")
        ipix = np.arange(hp.npix)
        lon, lat = hp.healpix_to_lonlat(ipix)
        at = SkyCoord(lon, lat)
        near = at.separation(SkyCoord(200 * u.deg, -30 * u.deg)).deg
        far = at.separation(SkyCoord(40 * u.deg, 15 * u.deg)).deg
        parent = ipix >> (2 * (order - 3))
        coarse = HEALPix(level_to_nside(3), order="nested")
        plon, plat = coarse.healpix_to_lonlat(parent)
        close = SkyCoord(plon, plat).separation(SkyCoord(200 * u.deg, -30 * u.deg)).deg < 25
        keep = close if wanted else ~close
        density = np.exp(-0.5 * (near / 6) ** 2) + 0.3 * np.exp(-0.5 * (far / 8) ** 2)
        cells += list(zip(4 * 4**order + ipix[keep], density[keep], np.full(keep.sum(), hp.pixel_area.to_value(u.sr))))
    uniq = np.array([c[0] for c in cells], dtype=np.int64)
    density = np.array([c[1] for c in cells])
    area = np.array([c[2] for c in cells])
    density /= (density * area).sum()
    table = Table({"UNIQ": uniq, "PROBDENSITY": density * u.Unit("sr-1")})
    table.meta.update(PIXTYPE="HEALPIX", ORDERING="NUNIQ", COORDSYS="C", MOCORDER=5, INDXSCHM="EXPLICIT")
    table.write("skymap.multiorder.fits", overwrite=True)
    moc = MOC.from_multiordermap_fits_file("skymap.multiorder.fits", cumul_to=0.9, strict=False)
    around = [np.concatenate(c) for c in zip(scatter(200, -30, 25, 200), scatter(40, 15, 20, 150))]
    membership("skymap.txt", moc, around)


os.chdir(os.path.dirname(os.path.abspath(__file__)))
pixels()
mocs()
skymap()
