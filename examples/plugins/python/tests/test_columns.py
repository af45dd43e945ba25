"""What a filter that judges whole batches gets and gives."""

import contextlib
import io
import unittest

import numpy as np

from skysift_plugin import AlertFilter, Judge, Verdicts
from skysift_plugin import plugin_pb2 as pb
from skysift_plugin.columns import list_of
from tests.batches import batch, column, errors, lists, passed

BIG = 2**63 - 25


def judge(filter_batch, fields, *columns, alerts, **more):
    kind = type("Filter", (AlertFilter,), {"filter_batch": staticmethod(filter_batch), "fields": fields})
    with contextlib.redirect_stderr(io.StringIO()):
        return Judge(kind()).judge(batch(alerts, *columns, **more))


class Given(unittest.TestCase):
    def see(self, path, made, alerts):
        seen = []

        def filter_batch(columns):
            seen.append(columns[path])
            return np.zeros(columns.alerts, dtype=bool)

        self.assertEqual(errors(judge(filter_batch, [path], made, alerts=alerts)), {})
        return seen[0]

    def test_floats_have_nan_where_missing(self):
        seen = self.see("x", column("floats", [1.5, None]), 2)
        self.assertEqual(seen.dtype, np.float64)
        np.testing.assert_array_equal(seen, [1.5, np.nan])

    def test_integers_are_exact_and_masked_where_missing(self):
        seen = self.see("x", column("ints", [BIG, None, -BIG]), 3)
        self.assertEqual(seen.dtype, np.int64)
        self.assertEqual(seen.tolist(), [BIG, None, -BIG])

    def test_booleans_are_masked_where_missing(self):
        self.assertEqual(self.see("x", column("bools", [True, None, False]), 3).tolist(), [True, None, False])

    def test_strings_and_bytes_are_objects(self):
        self.assertEqual(self.see("x", column("strings", ["a", None]), 2).tolist(), ["a", None])
        self.assertEqual(self.see("x", column("blobs", [b"a", None]), 2).tolist(), [b"a", None])

    def test_a_column_missing_throughout_is_nan(self):
        np.testing.assert_array_equal(self.see("x", pb.Column(), 2), [np.nan, np.nan])

    def test_a_list_column_has_items_and_lengths(self):
        seen = self.see("h[].jd", lists("floats", [[1.0, None], [], None, [3.0]]), 4)
        self.assertEqual(seen.lengths.tolist(), [2, 0, 0, 1])
        np.testing.assert_array_equal(seen.items, [1.0, np.nan, 3.0])
        np.testing.assert_array_equal(seen[0], [1.0, np.nan])
        self.assertEqual(len(seen[1]), 0)
        self.assertIsNone(seen[2])
        np.testing.assert_array_equal(seen[-1], [3.0])

    def test_a_list_column_missing_throughout_has_no_items(self):
        seen = self.see("h[].jd", pb.Column(), 2)
        self.assertEqual((seen.lengths.tolist(), seen[1], len(seen.items)), ([0, 0], None, 0))

    def test_numbers_of_two_kinds_become_floats_and_others_stay(self):
        numbers, others = pb.Column(), pb.Column()
        numbers.mixed.values.add(int=1)
        numbers.mixed.values.add(float=2.5)
        numbers.mixed.values.add()
        others.mixed.values.add(int=BIG)
        others.mixed.values.add(string="x")
        np.testing.assert_array_equal(self.see("x", numbers, 3), [1.0, 2.5, np.nan])
        self.assertEqual(self.see("x", others, 2).tolist(), [BIG, "x"])

    def test_beyond_the_end_of_its_bits_nothing_is_missing(self):
        made = column("ints", [None] + [1] * 20)
        made.missing = made.missing[:1]
        self.assertEqual(self.see("x", made, 21).tolist(), [None] + [1] * 20)
        self.assertEqual(list_of(made, 21), [None] + [1] * 20)

    def test_an_undeclared_field_says_so(self):
        reply = judge(lambda columns: columns["y"] > 1, ["x"], column("ints", [1]), alerts=1)
        self.assertIn("y is not among the filter's fields", errors(reply)[0])


class Answered(unittest.TestCase):
    def test_a_comparison_with_a_missing_value_does_not_pass(self):
        for kind in ("ints", "floats"):
            with self.subTest(kind=kind):
                reply = judge(lambda c: c["x"] > 1, ["x"], column(kind, [5, None, 0]), alerts=3)
                self.assertEqual(passed(reply), [True, False, False])
                reply = judge(lambda c: c["x"] < 1, ["x"], column(kind, [5, None, 0]), alerts=3)
                self.assertEqual(passed(reply), [False, False, True])

    def test_classes_and_annotations_belong_to_the_alerts_that_pass(self):
        def filter_batch(c):
            x = c["x"]
            return Verdicts(x > 1, to=np.where(x > 5, "high", ""), annotations={"double": x * 2})

        reply = judge(filter_batch, ["x"], column("ints", [1, 2, 9]), alerts=3)
        self.assertEqual(passed(reply), [False, True, True])
        self.assertEqual([(d.alert, getattr(d, "class"), d.annotations[0].value.int) for d in reply.details], [(1, "", 4), (2, "high", 18)])

    def test_an_exception_costs_only_the_alert_that_raises_it(self):
        def filter_batch(c):
            if 0 in c["x"]:
                raise ValueError("a zero")
            return Verdicts(c["x"] > 1, annotations={"x": c["x"]})

        reply = judge(filter_batch, ["x", "h[].jd"], column("ints", [2, 0, 3]), lists("floats", [[1.0], [], [2.0]]), alerts=3)
        self.assertEqual(passed(reply), [True, False, True])
        self.assertEqual(list(errors(reply)), [1])
        self.assertEqual([d.alert for d in reply.details], [0, 1, 2])

    def test_an_answer_that_is_not_a_boolean_for_each_alert_is_an_error(self):
        for said, wrong in [([True], "shape"), ([1.0, 0.0], "float64"), (None, "shape"), (np.zeros((2, 1), dtype=bool), "shape")]:
            with self.subTest(said=said):
                reply = judge(lambda c: said, ["x"], column("ints", [1, 2]), alerts=2)
                self.assertEqual(passed(reply), [False, False])
                self.assertIn(wrong, errors(reply)[1])
                self.assertEqual(len(reply.details), 2)

    def test_raw_bytes_and_sources_stand_beside_the_columns(self):
        class Filter(AlertFilter):
            fields, raw, sources = [], True, True

            def filter_batch(self, columns):
                return np.array([r == b"yes" and s == "t/0/1" for r, s in zip(columns.raw, columns.sources)])

        made = batch(2, raw=[b"yes", b"yes"], sources=["t/0/1", "t/0/2"])
        self.assertEqual(passed(Judge(Filter()).judge(made)), [True, False])


if __name__ == "__main__":
    unittest.main()
