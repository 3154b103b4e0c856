"""A process that writes to the fund until somebody kills it: `python -m tests.funds.writer DATABASE SEED`.

It says what was acknowledged, a line of JSON each, and only after the commit.
"""

import json
import random
import sys
from typing import Any

import django


def main(database: str, seed: int) -> None:
    """Submit, release, adjust, charge and switch at random, on the pools that are there."""
    django.setup()
    from django.db import connection

    connection.settings_dict["NAME"] = database
    from tongbao.funds import actions
    from tongbao.funds.models import Pool
    from tongbao.refusal import Refusal

    dice, own = random.Random(seed), []
    pools = list(Pool.objects.order_by("pk"))
    ids = [pool.pk for pool in pools]

    def submit(place: int) -> Any:
        key = f"writer-{seed}-{place}"
        made = actions.receive(
            edition_id=pools[0].edition_id, pool_ids=dice.sample(ids, dice.randint(1, 2)), reference=f"NT-{key}",
            beneficiary_code=f"{seed:09d}{place:09d}", beneficiary_name=key, purpose="方案A",
            amount_fen=dice.randint(1, 9) * 10_000_00, priority_class=dice.randint(0, 1), key=key, by=None,
        )  # fmt: skip
        own.append(made.pk)
        return {"did": "receive", "key": key, "number": made.queue_number}

    def change() -> Any:
        pk, fen = dice.choice(own), dice.randint(1, 9) * 10_000_00
        did = dice.choice(["release", "adjust", "charge", "switch"])
        if did == "release":
            actions.release(reservation_id=pk, why="测试", by=None)
        elif did == "adjust":
            actions.adjust(reservation_id=pk, amount_fen=fen, why="测试", by=None)
        elif did == "charge":
            actions.charge(reservation_id=pk, amount_fen=fen, key=f"writer-{pk}", by=None)
        else:
            actions.switch(reservation_id=pk, pool_ids=dice.sample(ids, 2), by=None)
        return {"did": did, "pk": pk}

    for place in range(1_000_000):
        try:
            said = change() if own and dice.random() < 0.4 else submit(place)
        except Refusal as no:
            said = {"did": "refused", "code": no.code}
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
