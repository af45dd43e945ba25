"""Opens the cutouts of alerts with astropy, and prints a JSON object for each.

usage: open_cutouts.py FILE...
"""

import gzip
import io
import json
import sys
import warnings

import fastavro
import numpy
from astropy.io import fits


def main(files):
    warnings.simplefilter("error")  # what astropy only warns of is wrong too
    for name in files:
        with open(name, "rb") as file:
            for alert in fastavro.reader(file):
                for cutout in ("cutoutScience", "cutoutTemplate", "cutoutDifference"):
                    with fits.open(io.BytesIO(gzip.decompress(alert[cutout]["stampData"]))) as hdus:
                        hdus.verify("exception")
                        data = hdus[0].data
                        print(json.dumps({
                            "file": name, "cutout": cutout, "shape": list(data.shape), "type": str(data.dtype.name),
                            "finite": int(numpy.isfinite(data).sum()), "spread": float(numpy.nanstd(data)),
                        }))


if __name__ == "__main__":
    main(sys.argv[1:])
