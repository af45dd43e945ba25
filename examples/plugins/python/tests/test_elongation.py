"""The elongation example, on cutouts of simulated nights and drawn streaks."""

import csv
import gzip
import io
import math
import os
import unittest

import numpy as np

try:
    import elongation
    from astropy.io import fits
except ImportError as missing:
    raise unittest.SkipTest(f"the example needs astropy: {missing}") from None

from skysift_plugin import Judge, decode
from tests.batches import batch, column, passed

SIGMA = 1.2  # of the point spread [pixels]


def streak(length, angle, noise=1.0, seed=1):
    """A line as a moving point source leaves it, in noise."""
    y, x = np.indices((63, 63)) - 31.0
    image = np.random.default_rng(seed).normal(0, noise, x.shape)
    for t in np.linspace(-length / 2, length / 2, 101):
        dx, dy = t * math.cos(angle), t * math.sin(angle)
        image += 5000 / 101 * np.exp(-((x - dx) ** 2 + (y - dy) ** 2) / (2 * SIGMA**2))
    return image


def stamp(image):
    file = io.BytesIO()
    fits.PrimaryHDU(image.astype(">f4")).writeto(file)
    return gzip.compress(file.getvalue())


class Streaks(unittest.TestCase):
    def test_the_ratio_is_that_of_the_moments_at_any_angle(self):
        for length in (0, 6, 12):
            for angle in (0.0, 0.4, math.pi / 4, 2.0):
                with self.subTest(length=length, angle=angle):
                    expected = math.sqrt((length**2 / 12 + SIGMA**2) / SIGMA**2)
                    self.assertAlmostEqual(elongation.elongation(streak(length, angle)), expected, delta=0.15 * expected)

    def test_noise_alone_has_none(self):
        image = np.random.default_rng(2).normal(5, 3, (63, 63))
        self.assertTrue(math.isnan(elongation.elongation(image)))

    def test_pixels_without_data_do_not_matter(self):
        image = streak(12, 1.0)
        image[:, :10] = np.nan
        self.assertGreater(elongation.elongation(image), 2)

    def test_the_filter_passes_streaks_and_no_stars(self):
        stamps = [stamp(streak(12, 0.3)), stamp(streak(0, 0)), None]
        reply = Judge(elongation.Elongated()).judge(batch(3, column("blobs", stamps)))
        self.assertEqual(passed(reply), [True, False, False])
        self.assertAlmostEqual(reply.details[0].annotations[0].value.float, 3, delta=0.5)

    def test_files_that_are_not_zipped_are_read_too(self):
        image = streak(12, 0.3)
        np.testing.assert_allclose(elongation.read(gzip.decompress(stamp(image))), image, rtol=1e-5, atol=1e-5)


@unittest.skipUnless(os.environ.get("SKYSIFT_NIGHT"), "SKYSIFT_NIGHT names no folder: skysift simulate --out DIR makes one")
class Simulated(unittest.TestCase):
    """In a simulated night all that is real is round."""

    def test_what_is_real_is_round(self):
        folder, ratios = os.environ["SKYSIFT_NIGHT"], []
        with open(os.path.join(folder, "truth.csv"), newline="") as file:
            kinds = {row["candid"]: row["kind"] for row in csv.DictReader(file)}
        for candid, kind in kinds.items():
            with open(os.path.join(folder, f"{candid}.avro"), "rb") as file:
                alert = decode(file.read())
            if kind != "bogus":
                ratios.append(elongation.elongation(elongation.read(alert["cutoutDifference"]["stampData"])))
        seen = [ratio for ratio in ratios if not math.isnan(ratio)]
        self.assertGreater(len(seen), 20)
        self.assertLess(max(seen), elongation.Elongated.least)


if __name__ == "__main__":
    unittest.main()
