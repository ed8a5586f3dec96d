"""A stream of the client, as its peer sees it."""


class Call:
    def __init__(self, number, fields):
        self.number, self.fields = number, fields
        self.names = [name for name, _ in fields]
        self.buffer = b""
        self.messages = []
        self.answered = 0  # messages that were answered, or are a script's business
        self.ended = False
        self.reset = None
        self.has_headers = False
        self.is_over = False

    def __getitem__(self, name):
        return dict(self.fields).get(name)

    @property
    def is_unary(self):
        return not self[":path"].endswith("/ControlStream")

    @property
    def is_whole(self):
        """A request is there that nobody has looked at."""
        return self.answered < len(self.messages) and (self.ended or not self.is_unary)

    @property
    def is_complete(self):
        """Something waits to be answered."""
        return self.is_whole and not self.is_over and self.reset is None
