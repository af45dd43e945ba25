"""What a filter's alerts look like."""

import contextlib
import io
import unittest

from skysift_plugin import AlertFilter, Judge, Verdict
from skysift_plugin import plugin_pb2 as pb
from tests.batches import batch, column, errors, lists, passed

BIG = 2**63 - 25  # no float64 has it


def judge(filter, fields, *columns, alerts=1, **more):
    """Asks a filter, made of a function, about one batch."""
    kind = type("Filter", (AlertFilter,), {"filter": staticmethod(filter), "fields": fields, **more})
    with contextlib.redirect_stderr(io.StringIO()):
        return Judge(kind()).judge(batch(alerts, *columns))


class Alerts(unittest.TestCase):
    def see(self, fields, *columns, alerts=1):
        """The alerts that a filter gets."""
        seen = []
        reply = judge(seen.append, fields, *columns, alerts=alerts)
        self.assertEqual(errors(reply), {})
        return seen

    def test_fields_lie_in_dicts_as_in_the_whole_alert(self):
        seen = self.see(
            ["objectId", "candidate.magpsf", "candidate.fid"],
            column("strings", ["ZTF26a", "ZTF26b"]),
            column("floats", [17.5, None]),
            column("ints", [1, 2]),
            alerts=2,
        )
        self.assertEqual(
            seen,
            [
                {"objectId": "ZTF26a", "candidate": {"magpsf": 17.5, "fid": 1}},
                {"objectId": "ZTF26b", "candidate": {"magpsf": None, "fid": 2}},
            ],
        )

    def test_a_history_is_a_list_of_dicts(self):
        seen = self.see(
            ["prv_candidates[].jd", "prv_candidates[].magpsf"],
            lists("floats", [[1.0, 2.0], [], None]),
            lists("floats", [[18.0, None], [], None]),
            alerts=3,
        )
        self.assertEqual(
            [alert["prv_candidates"] for alert in seen],
            [[{"jd": 1.0, "magpsf": 18.0}, {"jd": 2.0, "magpsf": None}], [], None],
        )

    def test_a_column_of_a_history_that_is_missing_throughout_is_none_in_each_item(self):
        seen = self.see(["h[].jd", "h[].x"], lists("floats", [[1.0, 2.0]]), pb.Column())
        self.assertEqual(seen[0]["h"], [{"jd": 1.0, "x": None}, {"jd": 2.0, "x": None}])

    def test_a_list_of_numbers_is_a_list(self):
        self.assertEqual(self.see(["a.b"], lists("ints", [[1, 2, 3]])), [{"a": {"b": [1, 2, 3]}}])

    def test_integers_keep_64_bits(self):
        self.assertEqual(self.see(["candid"], column("ints", [BIG, -BIG]), alerts=2), [{"candid": BIG}, {"candid": -BIG}])

    def test_values_of_many_kinds_in_one_column(self):
        mixed = pb.Column()
        mixed.mixed.values.add(int=BIG)
        mixed.mixed.values.add(string="x")
        mixed.mixed.values.add()
        entry = mixed.mixed.values.add().map.entries.add(key="k")
        entry.value.list.items.add(float=1.5)
        self.assertEqual([a["v"] for a in self.see(["v"], mixed, alerts=4)], [BIG, "x", None, {"k": [1.5]}])

    def test_a_field_that_was_not_declared_says_so(self):
        reply = judge(lambda alert: alert["candidate"]["fid"] == 1, ["candidate.magpsf"], column("floats", [17.0]))
        self.assertIn("fid is not among the filter's fields", errors(reply)[0])

    def test_get_and_in_work_as_with_any_dict(self):
        [alert] = self.see(["candidate.magpsf"], column("floats", [17.0]))
        self.assertIsNone(alert.get("nothing"))
        self.assertNotIn("nothing", alert)


class Paths(unittest.TestCase):
    def test_what_is_wrong_with_fields_is_said_at_the_start(self):
        for fields, wrong in [
            (["candidate..magpsf"], "is no path"),
            (["prv_candidates[]"], "is no path"),
            ([""], "is no path"),
            (["a.b", "a"], "leave one of them out"),
            (["a", "a.b"], "leave one of them out"),
            (["a[].b", "a"], "leave one of them out"),
            (["a", "a[].b"], "leave one of them out"),
            (["a.b", "a.b"], "leave one of them out"),
        ]:
            with self.subTest(fields=fields), self.assertRaisesRegex(ValueError, wrong):
                judge(bool, fields)

    def test_one_string_is_no_list_of_fields(self):
        with self.assertRaisesRegex(TypeError, r'write a list, fields = \["jd"\]'):
            judge(bool, "jd")


class Answers(unittest.TestCase):
    def answers(self, *said):
        answers = iter(said)
        return judge(lambda alert: next(answers), ["x"], column("ints", list(range(len(said)))), alerts=len(said))

    def test_what_counts_as_true_passes(self):
        self.assertEqual(passed(self.answers(True, False, None, 1, 0)), [True, False, False, True, False])

    def test_a_verdict_names_a_class_and_adds_annotations(self):
        reply = self.answers(Verdict(True, to="trail", annotations={"elongation": 2.5, "id": BIG}), Verdict(False))
        self.assertEqual(passed(reply), [True, False])
        [detail] = reply.details
        self.assertEqual(getattr(detail, "class"), "trail")
        self.assertEqual([(a.name, a.value.float or a.value.int) for a in detail.annotations], [("elongation", 2.5), ("id", BIG)])

    def test_an_annotation_that_cannot_be_sent_is_the_alerts_error(self):
        reply = self.answers(Verdict(True, annotations={"when": object()}), True)
        self.assertEqual(passed(reply), [False, True])
        self.assertRegex(errors(reply)[0], "TypeError: annotation when: a value of type object")

    def test_an_exception_is_one_alerts_error_and_its_traceback_is_shown_once(self):
        def fail(alert):
            return 1 / alert["x"] > 0

        log = io.StringIO()
        kind = type("Filter", (AlertFilter,), {"filter": staticmethod(fail), "fields": ["x"]})
        with contextlib.redirect_stderr(log):
            reply = Judge(kind()).judge(batch(4, column("ints", [1, 0, 2, 0])))
        self.assertEqual(passed(reply), [True, False, True, False])
        self.assertEqual(sorted(errors(reply)), [1, 3])
        self.assertRegex(errors(reply)[1], r"ZeroDivisionError: .* \(test_alerts.py:\d+\)")
        self.assertEqual(log.getvalue().count("Traceback"), 1)

    def test_exit_in_a_filter_does_not_end_the_plugin(self):
        reply = judge(lambda alert: exit(3), ["x"], column("ints", [1]))
        self.assertIn("SystemExit", errors(reply)[0])

    def test_a_batch_of_none_is_answered_with_none(self):
        reply = judge(bool, ["x"], pb.Column(), alerts=0)
        self.assertEqual((reply.id, reply.alerts, reply.passed), (7, 0, b""))

    def test_a_batch_that_breaks_the_protocol_is_refused(self):
        for columns in [(), (column("ints", [1, 2]),), (lists("ints", [[1], [2]]),)]:
            with self.subTest(columns=columns), self.assertRaises(Exception):
                judge(bool, ["x"], *columns)


if __name__ == "__main__":
    unittest.main()
