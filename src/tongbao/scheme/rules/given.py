"""Facts typed or stored as JSON, read into the values the rules work on."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from tongbao.scheme.rules.edition import Scheme
from tongbao.scheme.rules.faults import BadFacts
from tongbao.scheme.rules.shapes import Fact, Kind
from tongbao.scheme.rules.values import MOST, ungrouped

Given = dict[str, Decimal | bool | str | None]


def read_facts(scheme: Scheme, given: Mapping[str, Any]) -> Given:
    """Facts by id as the rules want them; null stays unknown. Numbers may be text, int or Decimal, never float.

    Raises BadFacts with a Chinese sentence for every fact that the scheme does not know, that has the wrong type, is
    negative without being `signed`, or is more than the fact it is part of.
    """
    known = {fact.id: fact for fact in scheme.facts}
    facts: Given = {}
    wrong: list[str] = []
    for id, value in given.items():
        if id not in known:
            wrong.append(f"没有名为“{id}”的事实，可用的有：{'、'.join(known)}")
            continue
        try:
            facts[id] = None if value is None else _read(known[id], value)
        except ValueError as error:
            wrong.append(f"“{id}”（{known[id].title}）{error}")
    wrong += [
        f"“{fact.id}”（{fact.title}）不能多于“{fact.part_of}”（{known[fact.part_of].title}）"
        for fact in scheme.facts
        if fact.part_of and _more(facts.get(fact.id), facts.get(fact.part_of))
    ]
    if wrong:
        raise BadFacts(wrong)
    return facts


def _read(fact: Fact, value: Any) -> Decimal | bool | str:
    if fact.type is Kind.NUMBER:
        return _number(value, fact.signed)
    if fact.type is Kind.BOOL:
        if not isinstance(value, bool):
            raise ValueError("应为 true、false 或 null")
        return value
    if not isinstance(value, str):
        raise ValueError("应为文字")
    return value


def _more(part: Any, whole: Any) -> bool:
    return part is not None and whole is not None and bool(part > whole)


def _number(value: Any, signed: bool) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError("应为数字")
    try:
        number = Decimal(ungrouped(str(value)))
    except InvalidOperation:
        raise ValueError("应为数字") from None
    if not number.is_finite() or abs(number) >= MOST or number != round(number, 2):
        raise ValueError("应为最多两位小数的数字")
    if number < 0 and not signed:
        raise ValueError("不能为负数")
    return number
