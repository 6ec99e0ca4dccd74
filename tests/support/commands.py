"""The child's end of the line between a test and a rig: `READY <port>` first, then an answer to each command.

A command is one JSON object a line on stdin, `{"do": NAME, ...}`; its answer is one JSON object a line on stdout, with
`error` in it when the command failed. The end of stdin, or `{"do": "quit"}`, ends the child: none outlives its test.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

LONGEST_LINE_BYTES = 1 << 20

Answer = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]


def say(line: str) -> None:
    """Write one line to the test."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def obey(port: int, answer: Answer) -> None:
    """Say that the port serves, then answer commands until there are no more."""
    lines = asyncio.StreamReader(LONGEST_LINE_BYTES)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    say(f"READY {port}")
    while line := await lines.readline():
        options = json.loads(line)
        name = options.pop("do")
        if name == "quit":
            say("{}")
            return
        say(json.dumps(await _answered(answer, name, options)))


async def _answered(answer: Answer, name: str, options: dict[str, Any]) -> dict[str, Any]:
    try:
        return await answer(name, options)
    except Exception as error:  # noqa: BLE001  # the failure wall of a rig: the test raises it
        return {"error": f"{name}: {type(error).__name__}: {error}"}
