"""What the scheme says: the file's shape and faults, conditions, decisions. Pure: no framework, no clock, no rows."""

from tongbao.scheme.rules.advice import Advice, for_plan, nearest
from tongbao.scheme.rules.decisions import CompiledTerms, base_cents, compile, decide, exports_cents, jsonable
from tongbao.scheme.rules.differences import Difference, differences, summary
from tongbao.scheme.rules.edition import EXPORTS, Premium, Scheme
from tongbao.scheme.rules.faults import BadFacts, Fault, Faults
from tongbao.scheme.rules.given import read_facts
from tongbao.scheme.rules.indemnity import Payable, payable
from tongbao.scheme.rules.loading import faults_of, load
from tongbao.scheme.rules.operation import not_operable
from tongbao.scheme.rules.outcome import Finding, Offer, Outcome, priority_class, same_substance
from tongbao.scheme.rules.plan_words import PlanWords, in_words, premium_how, wan_yuan
from tongbao.scheme.rules.plans import Insurer, Plan, Pool
from tongbao.scheme.rules.reading import Chapter, Row, Verdict, chapters, verdict
from tongbao.scheme.rules.shapes import Kind, Quota

__all__ = [
    "EXPORTS",
    "Advice",
    "BadFacts",
    "Chapter",
    "CompiledTerms",
    "Difference",
    "Fault",
    "Faults",
    "Finding",
    "Insurer",
    "Kind",
    "Offer",
    "Outcome",
    "Payable",
    "Plan",
    "PlanWords",
    "Pool",
    "Premium",
    "Quota",
    "Row",
    "Scheme",
    "Verdict",
    "base_cents",
    "chapters",
    "compile",
    "decide",
    "differences",
    "exports_cents",
    "faults_of",
    "for_plan",
    "in_words",
    "jsonable",
    "load",
    "nearest",
    "not_operable",
    "payable",
    "premium_how",
    "priority_class",
    "read_facts",
    "same_substance",
    "summary",
    "verdict",
    "wan_yuan",
]
