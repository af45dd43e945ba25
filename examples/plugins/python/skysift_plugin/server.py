"""Serves a filter to the host that started this process.

The host is HashiCorp's go-plugin: one line on stdout says where the plug-in
listens, and the rest is gRPC. Health and Shutdown have messages so small that
they are written here as bytes.
"""

import os
import shutil
import signal
import sys
import tempfile
import threading
from concurrent import futures

import grpc

from skysift_plugin import plugin_pb2 as pb
from skysift_plugin import stdout
from skysift_plugin.judge import Judge

VERSION = 2
_CORE = 1  # go-plugin's own
_MAX_MESSAGE = 64 << 20  # the host sends no more
_MAX_STREAMS = 1024  # each has a thread, made when it opens
_SERVING = b"\x08\x01"  # HealthCheckResponse{status: SERVING}
_EMPTY = b""
_NOT_HOSTED = """\
This is a plug-in for Skysift: Skysift starts it, not you. Try it with

    skysift plugin check {program}

and name it in filters.yaml to use it."""


def serve(filter):
    """Serves a filter until the host says to stop, and then exits.

    ``filter`` is an object with a method ``filter`` or ``filter_batch``, or a
    class that makes one without arguments.
    """
    stdout.guard()
    if not stdout.hosted():
        print(_NOT_HOSTED.format(program=sys.argv[0]), file=sys.stderr)
        sys.exit(1)
    if os.environ.get("PLUGIN_CLIENT_CERT"):
        # Its certificates are on a curve that Python's gRPC does not know.
        print("the host asks for mutual TLS, which plug-ins in Python do not have", file=sys.stderr)
        sys.exit(1)
    judge = Judge(filter() if isinstance(filter, type) else filter)
    _Serving(judge).run()
    sys.exit(0)


class _Serving:
    def __init__(self, judge):
        self._judge = judge
        self._over = threading.Event()
        self._parent = os.getppid()

    def run(self):
        folder = os.environ.get("PLUGIN_UNIX_SOCKET_DIR", "")
        own = "" if folder else tempfile.mkdtemp(prefix="skysift-plugin-")
        path = os.path.join(folder or own, f"filter-{os.getpid()}.sock")
        server = self._listen(path)
        signal.signal(signal.SIGTERM, lambda *_: self._over.set())
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the host's to handle
        stdout.announce(f"{_CORE}|{VERSION}|unix|{path}|grpc")
        self._wait()
        server.stop(grace=1).wait()
        shutil.rmtree(own, ignore_errors=True) if own else _remove(path)

    def _listen(self, path):
        server = grpc.server(
            futures.ThreadPoolExecutor(_MAX_STREAMS, thread_name_prefix="skysift"),
            options=[("grpc.max_receive_message_length", _MAX_MESSAGE), ("grpc.max_send_message_length", _MAX_MESSAGE)],
        )
        server.add_generic_rpc_handlers(self._handlers())
        server.add_insecure_port(f"unix:{path}")  # in a folder that only the host can enter
        server.start()
        return server

    def _wait(self):
        """Waits for the end; a host that is gone without a word is one too."""
        while not self._over.wait(0.5):
            if os.getppid() != self._parent:
                return

    def _handlers(self):
        return (
            grpc.method_handlers_generic_handler(
                "skysift.plugin.Filter",
                {
                    "Describe": grpc.unary_unary_rpc_method_handler(
                        lambda request, context: self._judge.describe(),
                        pb.DescribeRequest.FromString,
                        pb.Description.SerializeToString,
                    ),
                    "Judge": grpc.stream_stream_rpc_method_handler(
                        self._stream, pb.Batch.FromString, pb.Reply.SerializeToString
                    ),
                },
            ),
            grpc.method_handlers_generic_handler(
                "grpc.health.v1.Health", {"Check": grpc.unary_unary_rpc_method_handler(lambda request, context: _SERVING)}
            ),
            grpc.method_handlers_generic_handler(
                "plugin.GRPCController", {"Shutdown": grpc.unary_unary_rpc_method_handler(self._shutdown)}
            ),
        )

    def _stream(self, batches, context):
        for batch in batches:
            try:
                reply = self._judge.judge(batch)
            except Exception as error:  # not the filter's: the batch is not as the protocol says
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
            yield reply

    def _shutdown(self, request, context):
        self._over.set()
        return _EMPTY


def _remove(path):
    try:
        os.remove(path)
    except FileNotFoundError:
        pass  # gRPC has done it
