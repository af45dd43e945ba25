"""A plug-in as a process: what its host sees."""

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest

import grpc

from skysift_plugin import plugin_pb2 as pb
from skysift_plugin.stdout import COOKIE
from tests.batches import batch, column, passed

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

NOISY = """
from skysift_plugin import AlertFilter, serve
import os, sys
print("printed before")
os.write(1, b"written by C\\n")
os.system("echo by a child")

class Bright(AlertFilter):
    fields = ["candidate.magpsf"]
    version = "3"

    def filter(self, alert):
        print("printed within")
        return alert["candidate"]["magpsf"] < 18

if __name__ == "__main__":
    serve(Bright)
"""

UNCHANGED = """
print("printed on import")

class Bright:
    def __init__(self, topic="none"):
        self.topic = topic

    def filter(self, alert):
        return alert["magpsf"] < 18

class Faint(Bright):
    def filter(self, alert):
        return alert["magpsf"] > float(self.topic)
"""


class Plugin:
    """A plug-in that was started as the host starts it."""

    def __init__(self, arguments, **environment):
        self.folder = tempfile.TemporaryDirectory(prefix="plugin")
        environment = {COOKIE[0]: COOKIE[1], "PLUGIN_PROTOCOL_VERSIONS": "2,1", "PLUGIN_UNIX_SOCKET_DIR": self.folder.name} | environment
        environment = {"PYTHONPATH": ROOT, "PATH": os.environ["PATH"]} | {k: v for k, v in environment.items() if v is not None}
        self.process = subprocess.Popen(
            [sys.executable, *arguments], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def connect(self):
        self.line = self.process.stdout.readline().strip()
        self.channel = grpc.insecure_channel("unix:" + self.line.split("|")[3])
        return self

    def call(self, method, request=b""):
        return self.channel.unary_unary(method)(request, timeout=10)

    def judge(self, *batches):
        judge = self.channel.stream_stream(
            "/skysift.plugin.Filter/Judge", request_serializer=pb.Batch.SerializeToString, response_deserializer=pb.Reply.FromString
        )
        return list(judge(iter(batches), timeout=10))

    def end(self):
        """Waits for the end; returns the exit code and what was on stderr."""
        if hasattr(self, "channel"):
            self.channel.close()
        out, err = self.process.communicate(timeout=10)
        self.out = out
        return self.process.returncode, err

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
        self.folder.cleanup()


class WithFiles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(textwrap.dedent(text))
        return path


class Served(WithFiles):
    def test_what_is_printed_goes_to_stderr_and_the_handshake_is_alone(self):
        with Plugin([self.file("noisy.py", NOISY)]) as plugin:
            plugin.connect()
            self.assertRegex(plugin.line, r"^1\|2\|unix\|" + plugin.folder.name + r"/[^|]+\|grpc$")
            described = pb.Description.FromString(plugin.call("/skysift.plugin.Filter/Describe"))
            self.assertEqual((described.name, described.version, list(described.fields), described.raw), ("Bright", "3", ["candidate.magpsf"], False))
            replies = plugin.judge(batch(2, column("floats", [17.0, 19.0])), batch(0, pb.Column()))
            self.assertEqual([passed(reply) for reply in replies], [[True, False], []])
            plugin.call("/plugin.GRPCController/Shutdown")
            code, log = plugin.end()
            self.assertEqual((code, plugin.out), (0, ""))
            for text in ("printed before", "written by C", "by a child", "printed within"):
                self.assertIn(text, log)
            self.assertEqual(os.listdir(plugin.folder.name), [])

    def test_health_is_served_while_a_batch_takes_long(self):
        slow = NOISY.replace("return alert", "import time; time.sleep(3)\n        return alert")
        with Plugin([self.file("slow.py", slow)]).connect() as plugin:
            judge = plugin.channel.stream_stream("/skysift.plugin.Filter/Judge", request_serializer=pb.Batch.SerializeToString)
            answers = judge(iter([batch(1, column("floats", [17.0]))]))
            began = time.monotonic()
            self.assertEqual(plugin.call("/grpc.health.v1.Health/Check"), b"\x08\x01")
            self.assertLess(time.monotonic() - began, 2)
            answers.cancel()

    def test_a_batch_that_breaks_the_protocol_ends_its_stream_alone(self):
        with Plugin([self.file("noisy.py", NOISY)]).connect() as plugin:
            with self.assertRaises(grpc.RpcError) as caught:
                plugin.judge(batch(1))
            self.assertEqual(caught.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
            self.assertEqual(passed(plugin.judge(batch(1, column("floats", [17.0])))[0]), [True])

    def test_sigterm_ends_it_and_sigint_does_not(self):
        with Plugin([self.file("noisy.py", NOISY)]).connect() as plugin:
            plugin.process.send_signal(signal.SIGINT)
            plugin.judge(batch(1, column("floats", [17.0])))
            plugin.process.send_signal(signal.SIGTERM)
            self.assertEqual(plugin.end()[0], 0)

    def test_it_does_not_outlive_its_host(self):
        host = "import subprocess, sys, time; p = subprocess.Popen(sys.argv[1:]); print(p.pid, flush=True); time.sleep(60)"
        with Plugin(["-c", host, sys.executable, self.file("noisy.py", NOISY)]) as plugin:
            lines = sorted(plugin.process.stdout.readline() for _ in range(2))
            pid = int(next(line for line in lines if "|" not in line))
            plugin.process.kill()
            for _ in range(50):
                if not alive(pid):
                    return
                time.sleep(0.1)
            os.kill(pid, signal.SIGKILL)
            self.fail("it runs on")

    def test_without_a_host_it_says_how_to_try_it(self):
        with Plugin([self.file("noisy.py", NOISY)], **{COOKIE[0]: None}) as plugin:
            code, log = plugin.end()
            self.assertEqual(code, 1)
            self.assertRegex(log, "skysift plugin check .*noisy.py")

    def test_mutual_tls_is_refused_in_words(self):
        with Plugin([self.file("noisy.py", NOISY)], PLUGIN_CLIENT_CERT="x") as plugin:
            code, log = plugin.end()
            self.assertEqual(code, 1)
            self.assertIn("mutual TLS", log)


class Unchanged(WithFiles):
    """python -m skysift_plugin serves a class that knows nothing of us."""

    def judge(self, *arguments):
        with Plugin(["-m", "skysift_plugin", *arguments]).connect() as plugin:
            return passed(plugin.judge(batch(2, raw=[b'{"magpsf": 17}', b'{"magpsf": 19}']))[0])

    def test_one_of_several_is_named(self):
        path = self.file("both.py", UNCHANGED)
        self.assertEqual(self.judge(path + ":Bright"), [True, False])
        self.assertEqual(self.judge(path + ":Faint", "18"), [False, True])

    def test_the_only_one_needs_no_name(self):
        self.assertEqual(self.judge(self.file("one.py", UNCHANGED.partition("class Faint")[0])), [True, False])

    def test_a_wrong_name_says_which_there_are(self):
        path = self.file("both.py", UNCHANGED)
        for arguments, wrong in [([path], "not one class"), ([path + ":Brihgt"], "no class Brihgt"), ([path + ".txt"], "no such file")]:
            with self.subTest(arguments=arguments), Plugin(["-m", "skysift_plugin", *arguments]) as plugin:
                code, log = plugin.end()
                self.assertEqual(code, 1)
                self.assertIn(wrong, log)


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    unittest.main()
