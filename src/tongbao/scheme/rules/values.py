"""The values a scheme file may hold and the bases of its parts: amounts, percentages, words, citations."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainSerializer, StringConstraints

HUNDRED = Decimal(100)
TEN_THOUSAND = Decimal(10_000)
MOST = Decimal(10) ** 15  # what no amount or figure of a scheme reaches; beyond it a number is a slip or an attack


def plain(value: Decimal) -> Decimal:
    """The same number in one form (no exponent, no trailing zeros), so that equal files have equal hashes."""
    return Decimal(format(value.normalize(), "f"))


def ungrouped(text: str) -> str:
    """A number without its thousands separators. Raises ValueError where a comma stands for anything else (50,5)."""
    if "," in text and not re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+([.万]\d*万?)?", text):
        raise ValueError("逗号只能用作千分位，例如 500,000；小数用点")
    return text.replace(",", "")


def read_amount(value: Any) -> Decimal:
    """An amount: 500000, 500,000.00 or 50万."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError("应为金额")
    text = ungrouped(str(value).strip())
    number, unit = (text[:-1], TEN_THOUSAND) if text.endswith("万") else (text, Decimal(1))
    try:
        amount = Decimal(number) * unit
    except ArithmeticError:
        raise ValueError("应为金额，例如 500000 或 50万") from None
    if not amount.is_finite() or amount >= MOST:
        raise ValueError("金额太大，请核对单位")
    if amount < 0 or amount != round(amount, 2):
        raise ValueError("金额不能为负，最多两位小数")
    return plain(amount)


def read_number(value: Decimal) -> Decimal:
    """A number that can be written out: below MOST, at most ten decimals."""
    if not value.is_finite() or value.copy_abs() >= MOST or value != round(value, 10):
        raise ValueError("应为数字，最多十位小数")
    return value


def read_percent(value: Any) -> Decimal:
    """A percentage, always written with its sign: 0.03% is Decimal('0.0003')."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{1,3}(\.\d{1,6})?%", value.strip()):
        raise ValueError("应为百分比并带百分号，例如 0.03% 或 50%")
    return plain(Decimal(value.strip().rstrip("%")) / HUNDRED)


def write_percent(value: Decimal) -> str:
    """Decimal('0.0003') as 0.03%."""
    return f"{plain(value * HUNDRED)}%"


def read_country(value: str) -> str:
    """A country by the form of its ISO 3166 alpha-2 code; whether there is such a country, the register knows."""
    if not re.fullmatch("[A-Z]{2}", value):
        raise ValueError("应为两个大写字母的国家（地区）代码，例如 US")
    return value


def read_moment(value: Any) -> datetime:
    """A local day and time to the minute: 2019-09-02 09:00."""
    if isinstance(value, datetime) and value.tzinfo is None:
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", value.strip(), re.ASCII):
        raise ValueError("应为日期和时间，例如 2019-09-02 09:00")
    try:
        return datetime.fromisoformat(value.strip())
    except ValueError:
        raise ValueError("应为日期和时间，例如 2019-09-02 09:00") from None


Amount = Annotated[Decimal, BeforeValidator(read_amount), PlainSerializer(lambda v: str(plain(v)), str)]
Percent = Annotated[Decimal, BeforeValidator(read_percent), PlainSerializer(write_percent, str)]
Number = Annotated[Decimal, AfterValidator(read_number), PlainSerializer(lambda v: str(plain(v)), str)]
Moment = Annotated[datetime, BeforeValidator(read_moment), PlainSerializer(lambda v: f"{v:%Y-%m-%dT%H:%M}", str)]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]
Country = Annotated[str, AfterValidator(read_country)]
T = TypeVar("T")


class Part(BaseModel):
    """Anything in the file: unknown keys are faults, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Cited(Part):
    """A part that stands in the policy (`clause`) or fills what the policy leaves open (`default: true`)."""

    clause: Words
    default: bool = False
    note: str = ""


class Valued(Cited, Generic[T]):
    """One value with its clause."""

    title: Words
    value: T
