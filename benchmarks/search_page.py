"""The measuring half of the search, on a database that the environment names: `python -m benchmarks.search_page
make FIRMS` fills it, `… ask FIRMS TURNS ANSWER.json` asks its pages as a city officer. What needs Django is imported
when Django is set up.
"""

import json
import re
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stdnum.cn import uscc

from benchmarks.imports_page import OFFICER, prepare
from tongbao.cli.context import start_django

YEARS = (2016, 2017, 2018, 2019)
SCHEME = "nantong-2019.yaml"
PLACES = ("南通", "海安", "如皋", "如东", "启东", "海门")
FIRST = "海通瑞恒华新盛嘉宏锦东江润泰远航天联金永兴德佳美富星凯腾鸿博中禾铭亿同景安顺百利源"
SECOND = "润达丰源宇泰昌隆胜和信晟霖邦伦纳威诺科迪尔雅尚琪翔鹏程瀚洋帆舟桥力捷欧亚森岳诚业"
TRADES = ("家用纺织品", "纺织科技", "服饰", "机械制造", "船舶配件", "电子科技", "新材料", "体育用品", "进出口", "食品")
AT_ONCE = 10_000


def main() -> None:
    """Make the register, or ask and write the answer."""
    what, firms, *more = sys.argv[1:]
    start_django()
    if what == "make":
        prepare()
        make(int(firms))
    else:
        Path(more[1]).write_text(json.dumps(ask(int(firms), int(more[0]))))


def code(number: int) -> str:
    """The valid social credit code of a firm, codes of neighbouring numbers far apart."""
    body = f"91320600MA{number * 7919 % 10_000_000:07d}"
    return body + str(uscc.calc_check_digit(body))


def name(number: int) -> str:
    """Place, brand, trade: one firm in forty shares a brand's first character, one in ten a trade."""
    rest, trade = divmod(number, len(TRADES))
    rest, first = divmod(rest, len(FIRST))
    rest, second = divmod(rest, len(SECOND))
    return f"{PLACES[rest % len(PLACES)]}{FIRST[first]}{SECOND[second]}{TRADES[trade]}有限公司"


def cents(number: int, year: int) -> int:
    """A year's exports, from some thousand to some million dollars; every seventh firm has none in a year."""
    return 0 if (number + year) % 7 == 0 else 10 ** (5 + number % 5) + (number * 2_654_435_761 + year) % 90_000_000


def make(firms: int) -> None:
    """Firms with their years, as imports would have left them, and the edition in force."""
    from django.conf import settings
    from django.db import transaction

    from tongbao import clock
    from tongbao.accounts.models import Area
    from tongbao.registry import rules
    from tongbao.registry.models import Exporter, YearTotal
    from tongbao.scheme import actions

    actions.load_edition(text=(settings.SCHEMES_DIR / SCHEME).read_text(encoding="utf-8"), name=SCHEME, by=None)
    areas, now = list(Area.objects.order_by("pk")), clock.now()
    for start in range(0, firms, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, firms))
        with transaction.atomic():
            made = [
                Exporter(
                    code=code(one),
                    name=name(one),
                    name_initials=rules.initials(name(one)),
                    area=areas[one % len(areas)],
                    created_at=now,
                )
                for one in numbers
            ]
            Exporter.objects.bulk_create(made)
            YearTotal.objects.bulk_create(
                YearTotal(exporter=firm, year=year, **_year(cents(one, year)))
                for one, firm in zip(numbers, made, strict=True)
                for year in YEARS
                if cents(one, year)
            )


def _year(total: int) -> dict[str, Any]:
    markets = {"US": total // 2, "JP": total // 4, "VN": total - total // 2 - total // 4}
    return {"months": 12, "total_cents": total, "monthly_cents": total, "markets": markets}


def questions(firms: int) -> Iterator[tuple[str, str, dict[str, str]]]:
    """What is asked: in words, the page, its parameters."""
    from tongbao.registry import rules

    some, page = firms // 2, "registry:exporters"
    yield "the list, no filter", page, {}
    yield "the list, last page", page, {"page": str(-(-firms // 25))}
    yield "the list, largest exporters first", page, {"sort": "-base_cents"}
    yield "part of a name, many found", page, {"q": "纺织"}
    yield "part of a name, few found", page, {"q": name(some)[2:7]}
    yield "part of a name, nothing found", page, {"q": "查无此名"}
    yield "beginning of a code, many found", page, {"q": code(0)[:10]}
    yield "a whole code", page, {"q": code(some)}
    yield "initials, many found", page, {"q": "fz"}
    yield "initials, few found", page, {"q": rules.initials(name(some))[2:7]}
    for band in range(3):
        yield f"band of exports {band + 1}", page, {"band": str(band)}
    yield "part of a name within a band", page, {"q": "纺织", "band": "1"}
    yield "search on every station: part of a name, many found", "desk:search", {"q": "纺织"}
    yield "search on every station: part of a name, few found", "desk:search", {"q": name(some)[2:7]}
    yield "search on every station: a whole code", "desk:search", {"q": code(some)}
    yield "search on every station: initials", "desk:search", {"q": rules.initials(name(some))[2:7]}


def ask(firms: int, turns: int) -> dict[str, Any]:
    """Milliseconds of each question, asked once before; how many firms the list says it has found."""
    from django.test import Client
    from django.urls import reverse

    from tongbao.accounts.models import User

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username=OFFICER))
    rows = []
    for what, page, given in questions(firms):
        times, used, said = [], [], ""
        for _ in range(turns + 1):
            begun, cpu = time.perf_counter(), time.process_time()
            response = client.get(reverse(page), given)
            used.append((time.process_time() - cpu) * 1000)
            times.append((time.perf_counter() - begun) * 1000)
            assert response.status_code == 200, (what, response.status_code)
            said = response.content.decode()
        found = re.search(r"共 <strong>([\d,]+)</strong> 条", said)
        rows.append({
            "what": what,
            "found": int(found[1].replace(",", "")) if found else None,
            "milliseconds": round(statistics.median(times[1:]), 1),
            "best_milliseconds": round(min(times[1:]), 1),
            "cpu_milliseconds": round(statistics.median(used[1:]), 1),
        })  # fmt: skip
    return {"firms": firms, "years": len(YEARS), "rows": rows}


if __name__ == "__main__":
    main()
