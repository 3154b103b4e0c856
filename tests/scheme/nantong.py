"""The Nantong scheme as the tests use it."""

from functools import cache
from pathlib import Path
from typing import Any

from tongbao.scheme import rules

PATH = Path(__file__).parents[2] / "schemes" / "nantong-2019.yaml"
TEXT = PATH.read_text(encoding="utf-8")


@cache
def compiled() -> rules.CompiledTerms:
    return rules.compile(rules.load(TEXT, PATH.name))


def decide(**facts: Any) -> rules.Outcome:
    """A firm of 崇川 without insurance, unless told otherwise."""
    scheme = compiled().scheme
    return rules.decide(compiled(), rules.read_facts(scheme, {"area": "chongchuan", "insured": False, **facts}))
