"""What a request is, and how it is refused."""

from __future__ import annotations

from typing import Generic, TypeVar

Result_co = TypeVar("Result_co", covariant=True)


class RefusedError(Exception):
    """A request that was refused; its text is the reason for the operator."""


class ConflictError(RefusedError):
    """Refused because somebody else changed it meanwhile, as the text says. version: who names it has seen that."""

    def __init__(self, sentence: str, version: int) -> None:
        super().__init__(sentence, version)
        self.version = version

    def __str__(self) -> str:
        return str(self.args[0])


class Request(Generic[Result_co]):
    """Something a window asks for; the type parameter is what comes back."""

    __slots__ = ()
