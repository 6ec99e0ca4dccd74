"""What a request is, and how it is refused."""

from __future__ import annotations

from typing import Generic, TypeVar

Result_co = TypeVar("Result_co", covariant=True)


class RefusedError(Exception):
    """A request that was refused; its text is the reason for the operator."""


class Request(Generic[Result_co]):
    """Something a window asks for; the type parameter is what comes back."""

    __slots__ = ()
