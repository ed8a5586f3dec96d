"""One frame by callback, one by poll, with nothing but ctypes: minimal.py [TARGET [LIBRARY]]"""
import ctypes as c, sys, threading

class Action(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("kind", c.c_uint32), ("name", c.c_char_p),
                ("transform", c.c_float * 9), ("fields", c.c_uint32), ("width", c.c_uint32), ("height", c.c_uint32),
                ("strings", c.c_char_p * 3), ("intensity", c.c_float), ("color", c.c_float * 3)]
class Event(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("type", c.c_uint32), ("request_id", c.c_uint64),
                ("cookie", c.c_uint64), ("status", c.c_int32), ("action", c.c_uint32),
                ("message", c.c_char_p), ("frame", c.c_void_p), ("tail", c.c_void_p * 3)]
class Info(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("modality", c.c_uint32), ("data", c.c_void_p), ("size", c.c_size_t),
                ("width", c.c_uint32), ("height", c.c_uint32), ("stride", c.c_size_t), ("format", c.c_uint32), ("flags", c.c_uint32),
                ("texts", c.c_char_p * 2), ("numbers", c.c_uint64 * 9), ("pose", c.c_float * 9)]

u = c.CDLL(sys.argv[2] if len(sys.argv) > 2 else "libuesynth.so.0")
Callback = c.CFUNCTYPE(None, c.POINTER(Event), c.c_void_p)
u.uesynth_client_submit.argtypes = [c.c_void_p, c.POINTER(Action), c.c_void_p, c.c_void_p, Callback, c.c_void_p, c.c_void_p]
u.uesynth_client_poll.argtypes = [c.c_void_p, c.POINTER(Event), c.c_size_t, c.c_size_t, c.c_int64, c.POINTER(c.c_size_t)]
u.uesynth_events_release.argtypes = [c.POINTER(Event), c.c_size_t, c.c_size_t]
u.uesynth_last_error.restype = c.c_char_p
def check(status):
    if status: sys.exit(u.uesynth_last_error().decode())
def show(way, event):
    info = Info(c.sizeof(Info))
    if event.status: return print(f"{way}: {event.message.decode()}")
    check(u.uesynth_frame_view(c.c_void_p(event.frame), c.byref(info)))
    print(f"{way}: {info.width} x {info.height}, {info.size} bytes, first {c.string_at(info.data, min(4, info.size)).hex()}")

client, done, event, count = c.c_void_p(), threading.Event(), Event(c.sizeof(Event)), c.c_size_t()
on_event = Callback(lambda event, _: (show("callback", event[0]), done.set()))
capture = Action(c.sizeof(Action), 4, b"", (c.c_float * 9)(*[0] * 6, 1, 1, 1), 0, 320, 240)
check(u.uesynth_client_new((sys.argv + ["localhost:50051"])[1].encode(), None, c.byref(client)))
check(u.uesynth_client_submit(client, capture, None, None, on_event, None, None))
done.wait()
check(u.uesynth_client_submit(client, capture, None, None, Callback(), None, None))
check(u.uesynth_client_poll(client, event, 1, c.sizeof(Event), -1, c.byref(count)))
show("poll", event)
u.uesynth_events_release(event, 1, c.sizeof(Event)); u.uesynth_client_free(client)
