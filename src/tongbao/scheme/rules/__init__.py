"""What the scheme says: the file's shape and faults, conditions, decisions. Pure: no framework, no clock, no rows."""

from tongbao.scheme.rules.decisions import EXPORTS, CompiledTerms, compile, decide, exports_cents, jsonable
from tongbao.scheme.rules.differences import Difference, differences, summary
from tongbao.scheme.rules.edition import Premium, Scheme
from tongbao.scheme.rules.faults import BadFacts, Fault, Faults
from tongbao.scheme.rules.given import read_facts
from tongbao.scheme.rules.loading import faults_of, load
from tongbao.scheme.rules.outcome import Finding, Offer, Outcome, priority_class
from tongbao.scheme.rules.reading import Chapter, Row, Verdict, chapters, verdict
from tongbao.scheme.rules.shapes import Insurer, Kind, Plan

__all__ = [
    "EXPORTS",
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
    "Plan",
    "Premium",
    "Row",
    "Scheme",
    "Verdict",
    "chapters",
    "compile",
    "decide",
    "differences",
    "exports_cents",
    "faults_of",
    "jsonable",
    "load",
    "priority_class",
    "read_facts",
    "summary",
    "verdict",
]
