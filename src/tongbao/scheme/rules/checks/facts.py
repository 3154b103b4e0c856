"""Facts, thresholds and areas, and the conditions that rest on them."""

import re
from collections.abc import Iterator
from typing import Any

from tongbao.scheme.rules import grammar
from tongbao.scheme.rules.checks.sections import Found, Sections
from tongbao.scheme.rules.edition import EXPORTS
from tongbao.scheme.rules.shapes import Kind
from tongbao.scheme.rules.source import Path
from tongbao.scheme.rules.values import write_percent

DEFINE = "先在 facts 中定义"


def needed(s: Sections) -> Found:
    """The fact premiums are computed on exists and is a number that is never negative."""
    if "facts" in s.raw and EXPORTS not in s.ids("facts"):
        yield ("facts",), f"缺少保费的计算基数“{EXPORTS}”", "定义一个类型为 number、单位为美元的事实"
    for i, fact in s.of("facts"):
        if fact.id == EXPORTS and fact.type is not Kind.NUMBER:
            yield ("facts", i, "type"), f"“{EXPORTS}”应为数字", "写 type: number"
        if fact.id == EXPORTS and fact.signed:
            yield ("facts", i, "signed"), f"“{EXPORTS}”是保费的计算基数，不能为负", "删去 signed"


def kinds(s: Sections) -> Found:
    """Yes and no belong to yes/no facts, signs and wholes to numbers."""
    for i, fact in s.of("facts"):
        if fact.type is not Kind.BOOL and (fact.yes or fact.no):
            yield ("facts", i), f"“{fact.id}”不是是否类事实，不能写 yes 或 no", "删去 yes 和 no，或改 type 为 bool"
        if fact.type is not Kind.NUMBER:
            for key in ("signed", "part_of"):
                if getattr(fact, key):
                    yield ("facts", i, key), f"“{fact.id}”不是数字，不能写 {key}", f"删去 {key}，或改 type 为 number"


def wholes(s: Sections) -> Found:
    """What a number is part of is another number, and in the end none is part of itself."""
    whole = {fact.id: fact.part_of for _, fact in s.of("facts") if fact.part_of}
    for i, fact in s.of("facts"):
        if fact.id not in whole:
            continue
        path: Path = ("facts", i, "part_of")
        if not s.number(whole[fact.id]):
            yield path, f"没有名为“{whole[fact.id]}”的数字事实", DEFINE
            continue
        above, at = {fact.id}, whole.get(fact.id)
        while at is not None and at not in above:
            above.add(at)
            at = whole.get(at)
        if at == fact.id:
            yield path, f"“{fact.id}”经 part_of 绕回了自己", "只在较小的一项上写 part_of"


def imputation(s: Sections) -> Found:
    """What stands in for missing exports is another number that is never negative, up to a sum."""
    rule = s.parts.get("imputation")
    if rule is None:
        return
    if not s.number(rule.fact) or rule.fact == EXPORTS:
        yield ("imputation", "fact"), f"没有名为“{rule.fact}”的数字事实可以代替“{EXPORTS}”", DEFINE
    elif (fact := s.facts.get(rule.fact)) and fact.signed:
        yield ("imputation", "fact"), f"“{rule.fact}”可以为负，不能用作保费的计算基数", "删去该事实的 signed"
    if rule.at_most_usd <= 0:
        yield ("imputation", "at_most_usd"), "推定出口额的上限应大于 0", "例如 at_most_usd: 200万"


def areas(s: Sections) -> Found:
    """At least one area is covered."""
    if s.of("areas") and not any(area.covered for _, area in s.of("areas")):
        yield ("areas",), "没有一个覆盖的区域", "至少一个区域写 covered: true"


def criteria(s: Sections) -> Found:
    """Criteria name facts and bands that exist."""
    for i, criterion in s.of("criteria"):
        name = criterion.in_areas
        if name and (name not in s.ids("facts") or s.kinds.get(name, Kind.TEXT) is not Kind.TEXT):
            yield ("criteria", i, "in_areas"), f"没有名为“{name}”的文字事实", DEFINE
        if criterion.in_bands and criterion.in_bands not in s.ids("bands"):
            yield ("criteria", i, "in_bands"), f"没有名为“{criterion.in_bands}”的分档", "先在 bands 中定义"


def thresholds(s: Sections) -> Found:
    """A threshold is not named like a fact; a share is no more than the whole."""
    for i, threshold in s.of("thresholds"):
        if threshold.id in s.ids("facts"):
            yield ("thresholds", i, "id"), f"“{threshold.id}”既是事实又是门槛", "给门槛另取一个编号"
        if threshold.share is not None and threshold.share > 1:
            share = write_percent(threshold.share)
            yield ("thresholds", i, "share"), f"“{threshold.id}”的比例 {share} 超过 100%", "比例不超过 100%"


def unused(s: Sections) -> Found:
    """Every threshold is used: one that no condition writes looks like a rule and is none."""
    words = {word for _, text in _texts(s) for word in re.findall(r"\w+", text)}
    if all(s.whole(key) for key in ("criteria", "priorities", "plans")):
        for i, threshold in s.of("thresholds"):
            if threshold.id not in words:
                yield ("thresholds", i), f"没有条件用到门槛“{threshold.id}”", "在条件中用它代替数字，或删去"


def conditions(s: Sections) -> Found:
    """Every condition keeps to the grammar, to the facts and thresholds that exist, and to their types."""
    named = {threshold.id: threshold.value for _, threshold in s.of("thresholds")}
    broken = (s.ids("facts") - set(s.kinds)) | (s.ids("thresholds") - set(named))  # reported already, and not here
    for path, text in _texts(s):
        try:
            grammar.parse(text, s.kinds, named)
        except grammar.Refused as no:
            if no.fact not in broken:
                yield path, no.sentence, no.hint


def _texts(s: Sections) -> Iterator[tuple[Path, str]]:
    named: list[tuple[Path, Any]] = [((key, i), c) for key in ("criteria", "priorities") for i, c in s.of(key)]
    named += [(("plans", i, "conditions", j), c) for i, plan in s.of("plans") for j, c in enumerate(plan.conditions)]
    for path, condition in named:
        for key in ("when", "if_unknown"):
            if text := getattr(condition, key, None):
                yield (*path, key), text
