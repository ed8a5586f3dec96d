"""What a good server answers, by the stock protobuf module."""

import threading

from wire import BY_KIND, REQUESTS, pb

HEADERS = [(":status", "200"), ("content-type", "application/grpc")]
TRAILERS = [("grpc-status", "0")]
KIND_OF_METHOD = {method: kind for kind, (_, method) in BY_KIND.items()}
KIND_OF_FIELD = {field: kind for kind, (field, _) in BY_KIND.items()}

# What the camera of every reply stands at, so that a test knows a whole reply from a damaged one.
PLACE = (11.0, 22.0, 33.0)


def pose():
    x, y, z = PLACE
    return pb.Transform(location=pb.Vector3(x=x, y=y, z=z))


def image(width, height):
    """A picture whose every byte says where it belongs."""
    row = bytes(i % 251 for i in range(width * 4))
    return pb.ImageResponse(image_data=row * height, width=width, height=height, format="rgba")


def reply(kind, request):
    if kind == 3:
        return pb.GetCameraTransformResponse(transform=pose(), success=True)
    if kind == 10:
        return pb.GetObjectTransformResponse(transform=pose(), success=True)
    if kind == 17:
        return pb.ListObjectsResponse(object_names=["good"])
    if 4 <= kind <= 8:
        return image(request.width or 16, request.height or 16)
    return pb.CommandResponse(success=True)


FIELDS = {
    pb.CommandResponse: "command_response",
    pb.GetCameraTransformResponse: "camera_transform",
    pb.ImageResponse: "image_response",
    pb.GetObjectTransformResponse: "object_transform",
    pb.ListObjectsResponse: "objects_list",
}


def frame(request_id, response):
    found = pb.FrameResponse(request_id=request_id)
    getattr(found, FIELDS[type(response)]).CopyFrom(response)
    return found


class Answers:
    """Answers, and counts what was done: every spawned name."""

    def __init__(self):
        self.lock, self.spawned = threading.Lock(), []

    def parse(self, call):
        """(request id, kind, request) of the message that is to be answered next."""
        message = call.messages[call.answered]
        if call.is_unary:
            kind = KIND_OF_METHOD[call[":path"].rsplit("/", 1)[1]]
            return "", kind, REQUESTS[kind].FromString(message)
        action = pb.ActionRequest.FromString(message)
        field = action.WhichOneof("action")
        return action.request_id, KIND_OF_FIELD[field], getattr(action, field)

    def carry_out(self, call):
        _, kind, request = self.parse(call)
        if kind == 14:
            with self.lock:
                self.spawned.append(request.object_name)

    def answer(self, call):
        request_id, kind, request = self.parse(call)
        response = reply(kind, request)
        if call.is_unary:
            return response.SerializeToString()
        return frame(request_id, response).SerializeToString()
