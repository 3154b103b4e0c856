"""The visitors' side of benchmarks/rush.py: every firm posts its form once, on a connection of its own, at its moment.

Open loop: a firm comes when it was planned to come, however slow the answers are, and its time counts from that moment,
so that waiting for a turn counts too. One process, asyncio, answers read no further than needed: it shares the machine
with what it measures.
"""

import asyncio
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.marks import percentiles
from benchmarks.rush_firms import Visitor

PATIENCE = 600  # seconds


def main() -> None:
    """`python -m benchmarks.rush_load VISITORS.json PORT SECONDS ANSWER.json`: all arrive evenly within SECONDS."""
    path, port, seconds, answer = sys.argv[1:]
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    every = [Visitor(**one) for one in json.loads(Path(path).read_text())]
    Path(answer).write_text(json.dumps(asyncio.run(_all(every, int(port), float(seconds)))))


async def _all(every: Sequence[Visitor], port: int, seconds: float) -> dict[str, Any]:
    requests = [_request(visitor, port) for visitor in every]
    begun = time.perf_counter() + 0.2
    moments = [begun + place * seconds / len(every) for place in range(len(every))]
    said = await asyncio.gather(*(_one(text, port, at) for text, at in zip(requests, moments, strict=True)))
    accepted = [
        (visitor.reference, ended - planned, ended)
        for visitor, planned, (outcome, ended) in zip(every, moments, said, strict=True)
        if outcome == f"302 /applications/{visitor.reference}/receipt/"
    ]
    lasted = max((ended for *_, ended in accepted), default=begun) - begun
    good = {f"302 /applications/{visitor.reference}/receipt/" for visitor in every}
    errors = Counter(outcome for outcome, _ in said if outcome not in good)
    took = sorted(waited * 1000 for _, waited, _ in accepted)
    return {
        "asked": len(every),
        "within_seconds": seconds,
        "accepted": len(accepted),
        "seconds": lasted,
        "per_second": len(accepted) / lasted if accepted else 0.0,
        **(percentiles(took) if took else {}),
        "errors": dict(errors.most_common(5)),
        "acknowledged": [reference for reference, *_ in accepted],
    }


def _request(visitor: Visitor, port: int) -> bytes:
    body = urlencode({"csrfmiddlewaretoken": visitor.csrf_token, "key": visitor.key})
    host = f"127.0.0.1:{port}"
    heads = (
        f"POST /applications/{visitor.reference}/check/ HTTP/1.1",
        f"Host: {host}",
        f"Origin: http://{host}",
        f"Referer: http://{host}/applications/{visitor.reference}/check/",
        f"Cookie: csrftoken={visitor.csrf_cookie}; sessionid={visitor.session}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        "Accept: text/html",
        "Accept-Language: zh-CN",
        "Connection: close",
    )
    return ("\r\n".join(heads) + "\r\n\r\n" + body).encode()


async def _one(request: bytes, port: int, at: float) -> tuple[str, float]:
    """Status and where it leads to, or what went wrong; when it was there."""
    await asyncio.sleep(max(0.0, at - time.perf_counter()))
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            ended = time.perf_counter()
            writer.close()
    except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
        return type(error).__name__, time.perf_counter()
    lines = head.decode("latin-1").split("\r\n")
    where = next((line.partition(":")[2].strip() for line in lines if line.lower().startswith("location:")), "")
    return f"{lines[0].split(' ')[1]} {where}".strip(), ended


if __name__ == "__main__":
    main()
