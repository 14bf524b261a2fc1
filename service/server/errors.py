"""Why the service cannot be served."""


class ServingError(Exception):
    """The service cannot be served. The message is one sentence for a person: what is wrong and what to do."""
