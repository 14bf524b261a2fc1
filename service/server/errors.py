"""The error of serving."""


class ServingError(Exception):
    """The service cannot be served. The message is one sentence: what is wrong and what to do."""
