"""The facts of every firm of the register, as `registry.rules.facts` computes those of one."""

from collections.abc import Mapping
from dataclasses import dataclass

from tongbao.scheme.rules.edition import EXPORTS, Scheme
from tongbao.scheme.rules.shapes import Fact, Kind
from tongbao.screening.rules.customs import KNOWN, Customs
from tongbao.screening.rules.faults import Amounts, Test, all_pass, amount_tests, content, hundredths, reason, sentence
from tongbao.screening.rules.writing import DIGITS, TYPES, name

BY_CUSTOMS = frozenset(
    {EXPORTS, "exports_prior_usd", "growth_usd", "growth_before_usd", "us_exports_usd", "emerging_exports_usd"}
)
MOST = 10 ** (DIGITS - 2) - 1


@dataclass(frozen=True, slots=True)
class Firms:
    """The columns of the register beside the code; for those that are numbers, how it keeps them."""

    columns: tuple[str, ...]
    amounts: Mapping[str, Amounts]


def facts_sql(scheme: Scheme, customs: Customs, firms: Firms, register: str, sums: str) -> str:
    """One row for each row of `register` (firms, each once): code and every fact of the scheme, NULL when unknown.

    `sums` is the relation of `sums_sql`. Numbers are BIGINT hundredths.
    """
    computed = _by_customs(customs)
    columns = {fact.id: computed.get(fact.id) or _given(fact, firms) for fact in scheme.facts}
    listed = ", ".join(f"{text} AS {name(id)}" for id, text in columns.items())
    return f"SELECT code, {listed} FROM ({_joined(customs, firms, register, sums)}) AS j"


def firm_tests(scheme: Scheme, firms: Firms) -> list[Test]:
    """What every row of the register must be, repeats aside."""
    tests = [Test("no_code", "code <> ''")]
    for fact in scheme.facts:
        if kind := firms.amounts.get(fact.id):
            tests += [
                Test(test.reason, f"{name(fact.id)} IS NULL OR ({test.passes})")
                for test in amount_tests(fact.id, kind, MOST, signed=fact.signed)
            ]
    return tests


def good_firms_sql(scheme: Scheme, firms: Firms, register: str, repeated: str) -> str:
    """The rows of the register that count; `repeated` is a relation of the codes with several rows."""
    return (
        f"SELECT r.* FROM {register} AS r LEFT JOIN (SELECT code AS again FROM {repeated}) AS d ON r.code = d.again "
        f"WHERE d.again IS NULL AND {all_pass(firm_tests(scheme, firms))}"
    )


def lacking_sql(sums: str, register: str) -> str:
    """The codes with figures that the register lacks."""
    return f"SELECT DISTINCT s.code FROM {sums} AS s ANTI JOIN {register} AS r ON s.code = r.code"


def repeated_sql(register: str) -> str:
    """The codes with several rows."""
    return f"SELECT code FROM {register} WHERE code <> '' GROUP BY code HAVING count(*) > 1"


def bad_firms_sql(scheme: Scheme, firms: Firms, register: str, repeated: str) -> str:
    """The rows of the register that do not count, with the reason."""
    tests = firm_tests(scheme, firms)
    why = reason(tests, "'duplicate_firm'")
    return (
        f"SELECT 'register' AS file, code, content, reason, {sentence('reason')} AS sentence FROM "
        f"(SELECT r.code, {content(list(firms.columns))} AS content, {why} AS reason "
        f"FROM {register} AS r LEFT JOIN (SELECT code AS again FROM {repeated}) AS d ON r.code = d.again "
        f"WHERE d.again IS NOT NULL OR ({all_pass(tests)}) IS NOT TRUE) AS b"
    )


def _given(fact: Fact, firms: Firms) -> str:
    """A fact that the register itself says; unknown when it has no such column."""
    if fact.id not in firms.columns:
        return f"CAST(NULL AS {TYPES[fact.type]})"
    return hundredths(fact.id, firms.amounts[fact.id]) if fact.type is Kind.NUMBER else name(fact.id)


def _joined(customs: Customs, firms: Firms, register: str, sums: str) -> str:
    """Each firm with its sums, and of which year it has figures: its months when there are any, else whole years.

    Names of our own begin with _, which no fact's does.
    """
    kept = ", ".join(f"r.{name(column)}" for column in ("code", *firms.columns))
    marks = "COALESCE(m.marks, 0) AS _months, COALESCE(y.marks, 0) AS _years"
    known = f"(CASE WHEN {_has('m.marks', customs, customs.base_year)} THEN m.marks ELSE y.marks END & {KNOWN}) > 0"
    figures = ", ".join(
        f"CASE WHEN {_has('m.marks', customs, year)} THEN m.{column} "
        f"WHEN {_has('y.marks', customs, year)} THEN y.{column} {_nothing(customs, year)}END AS _{column}"
        for column, year in _figures(customs).items()
    )
    return (
        f"SELECT {kept}, {marks}, {known} AS _known, {figures}, m.now AS _now, m.before AS _before "
        f"FROM {register} AS r LEFT JOIN (SELECT * FROM {sums} WHERE NOT whole) AS m ON r.code = m.code "
        f"LEFT JOIN (SELECT * FROM {sums} WHERE whole) AS y ON r.code = y.code"
    )


def _figures(customs: Customs) -> dict[str, int]:
    base = customs.base_year
    return {"base": base, "prior": base - 1, "us": base, "emerging": base}


def _has(marks: str, customs: Customs, year: int) -> str:
    return f"({marks} & {customs.bit(year)}) > 0"


def _nothing(customs: Customs, year: int) -> str:
    """A complete list that omits a firm says that it exported nothing."""
    return "ELSE 0 " if year in customs.complete_years else ""


def _by_customs(customs: Customs) -> dict[str, str]:
    market = "CASE WHEN _base <> 0 AND NOT _known THEN NULL ELSE {} END"  # all of it of unknown destination
    by_year = _by_year(customs)
    return {
        EXPORTS: "_base",
        "exports_prior_usd": "_prior",
        "growth_usd": f"CASE WHEN {by_year} THEN _base ELSE _now END",
        "growth_before_usd": f"CASE WHEN {by_year} THEN _prior ELSE _before END",
        "us_exports_usd": market.format("_us"),
        "emerging_exports_usd": market.format("_emerging"),
    }


def _by_year(customs: Customs) -> str:
    """Whether growth is seen from whole years: when a year has no months, or one of the two is unknown."""
    base = customs.base_year
    if customs.latest < (base, 1):
        return "TRUE"
    span = sum(customs.bit(year) for year in customs.years)
    unknown = [year for year in (base - 1, base) if year not in customs.complete_years]
    reasons = [f"(_years & {span}) <> (_years & _months & {span})", f"_months <= {KNOWN}"]
    reasons += [f"((_months | _years) & {customs.bit(year)}) = 0" for year in unknown]
    return f"({' OR '.join(reasons)})"
