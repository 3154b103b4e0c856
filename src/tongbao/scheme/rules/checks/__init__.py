"""What must hold between the parts of a scheme file: one function for each kind of fault, each finding them all.

They run on whatever parts could be read, so that faults of shape and faults of sense are reported together.
"""

from tongbao.scheme.rules.checks import bands, days, facts, funds, markets, names, payout, plans
from tongbao.scheme.rules.checks.sections import Found, Sections

__all__ = ["Found", "Sections", "all_of"]


def all_of(sections: Sections) -> Found:
    """Every fault of sense in a file."""
    for check in (
        names.duplicates, names.citations, names.written, days.period, days.receipt, days.repayment,
        facts.needed, facts.kinds, facts.wholes, facts.imputation, facts.areas, facts.criteria,
        facts.thresholds, facts.unused, facts.conditions, bands.bands,
        plans.references, plans.prices, plans.shares, plans.caps, payout.limits, payout.ratios,
        funds.exclusive, funds.quotas, funds.insurers, funds.pools, funds.exchange, funds.estimates,
        markets.countries,
    ):  # fmt: skip
        yield from check(sections)
