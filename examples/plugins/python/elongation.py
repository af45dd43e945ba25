#!/usr/bin/env python3
"""Passes what is elongated in the difference image: trails of asteroids that
moved during the exposure.

The elongation is the ratio of the axes of the ellipse with the second moments
of the brightest connected pixels in the middle of the cutout. A star has 1.
"""

import gzip
import io

import numpy as np
from astropy.io import fits
from skysift_plugin import AlertFilter, Verdict, serve

RADIUS = 12  # pixels around the centre
SIGMAS = 3  # above the noise, to belong to the source
LEAST_PIXELS = 6  # fewer have no shape


class Elongated(AlertFilter):
    fields = ["cutoutDifference.stampData"]
    version = "1"

    #: The least ratio of the axes that passes.
    least = 2.0

    def filter(self, alert):
        stamp = alert["cutoutDifference"]["stampData"]
        if stamp is None:
            return False
        ratio = elongation(read(stamp))
        return Verdict(ratio >= self.least, annotations={"elongation": ratio})


def read(stamp):
    """Returns the image in a cutout: a FITS file, mostly gzipped."""
    if stamp[:2] == b"\x1f\x8b":
        stamp = gzip.decompress(stamp)
    with fits.open(io.BytesIO(stamp), memmap=False) as file:
        return np.asarray(file[0].data, dtype=np.float64)


def elongation(image):
    """Returns the ratio of the long to the short axis of what lies in the
    image's middle; NaN where nothing does."""
    rows, columns = image.shape
    row, column = rows // 2, columns // 2
    middle = image[max(row - RADIUS, 0) : row + RADIUS + 1, max(column - RADIUS, 0) : column + RADIUS + 1]
    sky = np.nanmedian(image)
    noise = 1.4826 * np.nanmedian(np.abs(image - sky))  # the deviation of normal noise with that median
    weights = np.where(middle - sky > SIGMAS * noise, middle - sky, 0.0)
    weights[~connected(weights > 0)] = 0.0
    if np.count_nonzero(weights) < LEAST_PIXELS:
        return float("nan")
    return axes(weights)


def connected(bright):
    """Returns which bright pixels hang together with the one nearest the centre."""
    found = np.zeros(bright.shape, dtype=bool)
    places = np.argwhere(bright)
    if len(places) == 0:
        return found
    centre = (np.array(bright.shape) - 1) / 2
    found[tuple(places[np.argmin(((places - centre) ** 2).sum(axis=1))])] = True
    while True:
        grown = np.pad(found, 1)
        grown = sum(grown[i : i + bright.shape[0], j : j + bright.shape[1]] for i in range(3) for j in range(3)) > 0
        grown &= bright
        if (grown == found).all():
            return found
        found = grown


def axes(weights):
    """Returns the ratio of the axes of the ellipse with the second moments of
    weights. A pixel is a square: 1/12 is its own second moment."""
    y, x = np.indices(weights.shape)
    total = weights.sum()
    x = x - (weights * x).sum() / total
    y = y - (weights * y).sum() / total
    moments = np.array([[(weights * x * x).sum(), (weights * x * y).sum()], [(weights * x * y).sum(), (weights * y * y).sum()]]) / total
    short, long = np.linalg.eigvalsh(moments + np.eye(2) / 12)
    return float(np.sqrt(long / short))


if __name__ == "__main__":
    serve(Elongated())
