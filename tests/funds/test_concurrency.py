"""Fifty at once, with real commits: nothing oversold, no number missing or twice, nothing acknowledged and lost."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

from tests import factories
from tongbao.funds import actions, queries
from tongbao.funds.models import Pool, Reservation
from tongbao.refusal import Refusal

WAN = 10_000_00


def at_once(jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each job returned or raised, in the order of the jobs; all start together, each on its own connection."""
    results: list[Any] = [None] * len(jobs)
    start = threading.Barrier(len(jobs))

    def work(place: int) -> None:
        try:
            start.wait()
            results[place] = jobs[place]()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def submit(pool: Pool, place: int, **said: Any) -> Reservation:
    given = {
        "edition_id": pool.edition_id,
        "pool_ids": [pool.pk],
        "reference": f"NT2019-{place:05d}",
        "beneficiary_code": f"{place:018d}",
        "beneficiary_name": f"第{place}公司",
        "purpose": "A",
        "amount_fen": 3 * WAN,
        "priority_class": place % 2,
        "key": f"submit-{place}",
        "by": None,
        **said,
    }
    return actions.receive(**given)


def balances(pool: Pool) -> dict[str, int]:
    return {kind: fen for kind, fen in pool.accounts.values_list("kind", "balance_fen") if fen}


def test_fifty_submissions_never_overspend(committed_db):
    pool, _ = factories.pools(allotted_fen=50 * WAN)
    results = at_once([lambda place=place: submit(pool, place) for place in range(50)])
    assert [result for result in results if not isinstance(result, Reservation)] == []
    assert balances(pool) == {"allotted": 50 * WAN, "available": 2 * WAN, "reserved": 48 * WAN}
    kept = list(Reservation.objects.order_by("queue_number"))
    assert [one.queue_number for one in kept] == list(range(1, 51))
    assert [one.state for one in kept] == ["reserved"] * 16 + ["waiting"] * 34
    assert {one.pk for one in kept} == {result.pk for result in results}
    assert list(queries.faults()) == []


def test_fifty_retries_of_one_submission_are_one(committed_db):
    pool, _ = factories.pools(allotted_fen=50 * WAN)
    results = at_once([lambda: submit(pool, 1)] * 50)
    assert [result.queue_number for result in results] == [1] * 50
    assert balances(pool)["reserved"] == 3 * WAN


def test_submissions_releases_and_charges_at_once_stay_true(committed_db):
    lead, second = factories.pools(allotted_fen=50 * WAN, prepaid_fen=50 * WAN)
    placed = [submit(pool, 100 + n) for n in range(12) for pool in ([lead, second][n % 2],)]

    def charge(place: Reservation) -> Any:
        return actions.charge(reservation_id=place.pk, amount_fen=2 * WAN, key=f"charge-{place.pk}", by=None)

    def release(place: Reservation) -> Any:
        return actions.release(reservation_id=place.pk, why="撤回", by=None)

    both = [lead.pk, second.pk]
    jobs: list[Callable[[], Any]] = [lambda place=place: charge(place) for place in placed[:6]]
    jobs += [lambda place=place: release(place) for place in placed[3:9]]  # three of them meet their own charge
    jobs += [lambda n=n: submit(lead, n, pool_ids=both[:: 1 if n % 2 else -1]) for n in range(30)]
    results = at_once(jobs)
    refused = [result for result in results if isinstance(result, Exception)]
    assert [type(error) for error in refused] == [Refusal] * 3
    assert list(queries.faults()) == []
    assert Reservation.objects.count() == 42
