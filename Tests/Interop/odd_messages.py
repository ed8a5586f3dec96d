"""Replies as no stock serializer writes them: legal ones that every reader must take, and broken ones."""

VARINT, FIXED64, BYTES, START_GROUP, END_GROUP, FIXED32 = range(6)


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def tag(number, kind):
    return varint(number << 3 | kind)


def field(number, value):
    """An int as varint, bytes with their length."""
    if isinstance(value, int):
        return tag(number, VARINT) + varint(value)
    return tag(number, BYTES) + varint(len(value)) + value


UNKNOWN = (
    field(15, 1 << 63)
    + field(1000, b"something new")
    + tag(16, FIXED64)
    + bytes(8)
    + tag(17, FIXED32)
    + bytes(4)
    + tag(18, START_GROUP)
    + field(1, b"inside")
    + tag(2, START_GROUP)
    + field(2, 5)
    + tag(2, END_GROUP)
    + tag(18, END_GROUP)
)


def image(shape, reply):
    """The bytes of an ImageResponse in this shape."""
    data, width, height = reply.image_data, reply.width, reply.height
    label = reply.format.encode()
    sizes = field(2, width) + field(3, height)
    plain = field(1, data) + sizes + field(4, label)
    half = len(data) // 2
    return {
        "reversed": field(4, label) + field(3, height) + field(2, width) + field(1, data),
        "unknown": UNKNOWN + field(1, data) + UNKNOWN + sizes + UNKNOWN + field(4, label) + UNKNOWN,
        "twice": field(1, b"\xaa" * 5000) + field(2, 7) + field(4, b"png") + plain,
        "shorter": field(1, data + bytes(9000)) + plain,
        "long_varints": field(1, data)
        + (tag(2, VARINT) + bytes([width | 128, 128, 128, 128, 0]))
        + field(3, height)
        + field(4, label),
        "nothing": b"",
        "no_data": sizes + field(4, label),
        "only_data": field(1, data),
        "not_utf8": field(1, data) + sizes + field(4, b"\xff\xfe"),
        # Broken.
        "cut_in_data": field(1, data)[:-half],
        "cut_in_tag": plain + b"\x80",
        "cut_in_length": sizes + tag(1, BYTES) + b"\x80",
        "lying_length": tag(1, BYTES) + varint(1 << 40) + data,
        "length_of_2_63": tag(1, BYTES) + varint((1 << 63) + 5) + data,
        "endless_varint": b"\x10" + b"\xff" * 20 + plain,
        "field_number_0": b"\x02\x00" + plain,
        "open_group": plain + tag(18, START_GROUP),
        "closed_group": tag(18, END_GROUP) + plain,
        "wire_type_7": plain + b"\x0f",
    }[shape]


LEGAL = ["reversed", "unknown", "twice", "shorter", "long_varints"]
BROKEN = [
    "cut_in_data",
    "cut_in_tag",
    "cut_in_length",
    "lying_length",
    "length_of_2_63",
    "endless_varint",
    "field_number_0",
    "open_group",
    "closed_group",
    "wire_type_7",
]


def frame(shape, request_id, reply):
    """The bytes of a FrameResponse around it."""
    number = field(1, request_id.encode())
    if shape == "merged":
        first = field(4, field(1, reply.image_data))
        second = field(4, field(2, reply.width) + field(3, reply.height))
        return first + number + second + field(4, field(4, reply.format.encode()))
    if shape == "id_last":
        return field(4, reply.SerializeToString()) + number
    if shape == "lying_frame":
        inside = reply.SerializeToString()
        return number + tag(4, BYTES) + varint(len(inside) + 10) + inside
    if shape == "other_first":
        return number + field(2, field(1, 1)) + field(4, reply.SerializeToString())
    return number + UNKNOWN + field(4, image(shape, reply))
