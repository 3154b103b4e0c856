"""A firm that shows what is wrong, in words."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from tongbao.scheme.rules.given import Given
from tongbao.scheme.rules.shapes import Fact
from tongbao.scheme.rules.wording import quantity


def firm_in_words(firm: Given, facts: Mapping[str, Fact], shown: Collection[str], areas: Mapping[str, str]) -> str:
    """The facts shown of a firm, in the order of the scheme: 2018年海关出口额 500.00 万美元、尚未投保……"""
    return "、".join(_words(fact, firm[fact.id], areas) for fact in facts.values() if fact.id in shown)


def _words(fact: Fact, value: Decimal | bool | str | None, areas: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return (fact.yes if value else fact.no) or f"{fact.title}：{'是' if value else '否'}"
    if isinstance(value, Decimal):
        return f"{fact.title} {quantity(value, fact.unit)}"
    return f"{fact.title} {areas.get(value or '', value)}"
