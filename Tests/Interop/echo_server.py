"""The cases of gRPC's interop tests as a service of raw bytes, by a stock server:

    echo_server.py       prints "listening on 127.0.0.1:PORT"
"""

import concurrent.futures
import signal
import struct
import threading
import time

import grpc

INITIAL, TRAILING = "x-grpc-test-echo-initial", "x-grpc-test-echo-trailing-bin"


def echo_metadata(context):
    found = dict(context.invocation_metadata())
    if INITIAL in found:
        context.send_initial_metadata(((INITIAL, found[INITIAL]),))
    if TRAILING in found:
        context.set_trailing_metadata(((TRAILING, found[TRAILING]),))


def sizes(request):
    return struct.unpack(f">{len(request) // 4}I", request)


def empty(request, context):
    return b""


def unary(request, context):
    """The first four bytes are the size that is wanted; what follows is not looked at."""
    echo_metadata(context)
    return bytes(sizes(request[:4])[0])


def status(request, context):
    code, words = request.decode().split(" ", 1)
    by_number = {code.value[0]: code for code in grpc.StatusCode}
    context.abort(by_number[int(code)], words)


def sleep(request, context):
    time.sleep(3)
    return b""


def compressed(request, context):
    context.set_compression(grpc.Compression.Gzip)
    return bytes(sizes(request[:4])[0])


def total(requests, context):
    return struct.pack(">I", sum(len(request) for request in requests))


def send(request, context):
    for size in sizes(request):
        yield bytes(size)


def ping_pong(requests, context):
    echo_metadata(context)
    for request in requests:
        yield bytes(sizes(request[:4])[0])


HANDLERS = {
    "Empty": grpc.unary_unary_rpc_method_handler(empty),
    "Unary": grpc.unary_unary_rpc_method_handler(unary),
    "Status": grpc.unary_unary_rpc_method_handler(status),
    "Sleep": grpc.unary_unary_rpc_method_handler(sleep),
    "Compressed": grpc.unary_unary_rpc_method_handler(compressed),
    "Total": grpc.stream_unary_rpc_method_handler(total),
    "Send": grpc.unary_stream_rpc_method_handler(send),
    "PingPong": grpc.stream_stream_rpc_method_handler(ping_pong),
}


def main():
    options = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(16), options=options)
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("test.Echo", HANDLERS),)
    )
    port = server.add_insecure_port("127.0.0.1:0")
    ended = threading.Event()
    for number in signal.SIGTERM, signal.SIGINT:
        signal.signal(number, lambda *_: ended.set())
    server.start()
    print(f"listening on 127.0.0.1:{port}", flush=True)
    ended.wait()
    server.stop(0)


if __name__ == "__main__":
    main()
