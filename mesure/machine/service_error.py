"""Service errors: why the service or a command cannot go on, in a sentence for its operator."""

from pathlib import Path


class ServiceError(Exception):
    """Something that the operator can put right; `str` gives the sentence."""

    def __init__(self, where: Path | str, what: str, why: str, remedy: str) -> None:
        super().__init__(f"{where}: {what}; {why}; {remedy}.")


class TransientServiceError(ServiceError):
    """Something that may be over when the service is started again, with nothing put right."""
