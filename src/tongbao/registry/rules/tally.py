"""What the good rows of a list would do to the register: counted while they are read, for the preview."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from tongbao import money
from tongbao.registry.rules.countries import UNKNOWN
from tongbao.registry.rules.tables import FigureRow, Row

SAMPLE = 10
SHOWN_CHANGES = 200
SHOWN_FIRMS = 3
ENOUGH = 5  # firms with figures of both years, before their magnitudes say anything
ENOUGH_REPEATED = 20  # figures that could be compared with another year's
WHOLE_YEAR = 0b1111111111110  # bits 1 to 12
ONE = 1_000_000  # ratios are counted in millionths
JUMP = 20  # times more or less than the year before


@dataclass(frozen=True)
class Known:
    """What the register holds, as far as some rows speak of it."""

    firms: Mapping[str, tuple[str, str]]  # code → name, area code; those in the register today
    held: Mapping[tuple[Any, ...], Any]  # key of a row → what the register holds under it (comparable to `worth`)
    corrected: frozenset[tuple[Any, ...]] = frozenset()  # keys at which an approved correction stands
    totals: Mapping[tuple[str, int], int] = field(default_factory=dict)  # (code, year) → cents


@dataclass
class Tally:
    """Counts of any table."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    kept: int = 0  # an approved correction goes before
    sample: list[list[Any]] = field(default_factory=list)
    firms: set[str] = field(default_factory=set)
    new_firms: set[str] = field(default_factory=set)

    def add(self, rows: Iterable[Row], known: Known) -> None:
        """Some good rows, in the order of the file."""
        for row in rows:
            self.rows += 1
            if len(self.sample) < SAMPLE:
                self.sample.append(list(row))  # type: ignore[call-overload]
            self.firms.add(row.code)
            if row.code not in known.firms:
                self.new_firms.add(row.code)
            self._compare(row, known)

    def _compare(self, row: Row, known: Known) -> None:
        if row.key in known.corrected:
            self.kept += 1
        elif row.key not in known.held:
            self.new += 1
        elif known.held[row.key] == worth(row):
            self.same += 1
        else:
            self.changed += 1

    def summary(self) -> dict[str, Any]:
        """For the preview; JSON-able."""
        return {
            "rows": self.rows,
            "firms": len(self.firms),
            "new_firms": len(self.new_firms),
            "new": self.new,
            "changed": self.changed,
            "same": self.same,
            "kept": self.kept,
            "sample": self.sample,
        }

    def notices(self) -> list[str]:
        """What a person should know of the list."""
        if not self.kept:
            return []
        return [f"{self.kept} 行对应的资料已有经两人批准的更正，导入后仍以更正为准。"]

    def doubts(self) -> list[str]:
        """What a person must look at before anything is confirmed."""
        return []


def worth(row: Row) -> Any:
    """What a row says beside its key: compared with what the register holds."""
    return row.cents if isinstance(row, FigureRow) else tuple(row)[2:]  # type: ignore[arg-type]


@dataclass
class CustomsTally(Tally):
    """Counts of a customs list, and whether its amounts and years look right."""

    changes: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    renamed: dict[str, tuple[int, str]] = field(default_factory=dict)
    moved: dict[str, tuple[int, str]] = field(default_factory=dict)
    unknown_rows: int = 0
    unknown_cents: int = 0
    totals: dict[tuple[str, int], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    before: dict[tuple[str, int], int] = field(default_factory=dict)
    repeats_year: dict[int, int] = field(default_factory=lambda: defaultdict(int))  # shift in years → equal figures
    compared_year: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def _compare(self, row: Any, known: Known) -> None:
        super()._compare(row, known)
        old = known.held.get(row.key)
        if old is not None and old != row.cents and row.key not in known.corrected:
            self._change(row, old)
        firm = known.firms.get(row.code)
        if firm and firm[0] != row.name:
            self.renamed.setdefault(row.code, (row.row, firm[0]))
        if firm and firm[1] != row.area:
            self.moved.setdefault(row.code, (row.row, row.name))
        if row.country == UNKNOWN:
            self.unknown_rows += 1
            self.unknown_cents += row.cents
        sums = self.totals[row.code, row.year]
        sums[1 if row.month else 0] += row.cents
        sums[2] |= 1 << row.month  # bit 0: the whole year
        for year in (row.year, row.year - 1):
            if (row.code, year) in known.totals:
                self.before[row.code, year] = known.totals[row.code, year]
        self._shifted(row, known)

    def _shifted(self, row: FigureRow, known: Known) -> None:
        """Whether the same figure stands in the register a year earlier or later, but not in this year."""
        if not row.cents or row.key in known.held:
            return
        for shift in (-1, 1):
            other = known.held.get((row.code, row.year + shift, row.month, row.country))
            if other is not None:
                self.compared_year[shift] += 1
                self.repeats_year[shift] += other == row.cents

    def _change(self, row: FigureRow, old: int) -> None:
        entry = self.changes.setdefault(
            (row.code, row.year),
            {"code": row.code, "name": row.name, "year": row.year, "figures": 0, "old_cents": 0, "new_cents": 0},
        )
        entry["figures"] += 1
        entry["old_cents"] += old
        entry["new_cents"] += row.cents

    def summary(self) -> dict[str, Any]:
        """With the sums of each year and the figures that would change, summed by firm and year."""
        changes = list(self.changes.values())
        return super().summary() | {
            "years": self._by_year(),
            "changes": changes[:SHOWN_CHANGES],
            "changed_firms": len(changes),
            "old_cents": sum(entry["old_cents"] for entry in changes),
            "new_cents": sum(entry["new_cents"] for entry in changes),
        }

    def _year_cents(self) -> dict[tuple[str, int], int]:
        """Each firm's year as it would be read: its months when there are any."""
        return {key: sums[1] if sums[2] > 1 else sums[0] for key, sums in self.totals.items()}

    def _by_year(self) -> list[dict[str, Any]]:
        cents: dict[int, int] = defaultdict(int)
        firms: dict[int, int] = defaultdict(int)
        for (_, year), amount in self._year_cents().items():
            cents[year] += amount
            firms[year] += 1
        return [{"year": year, "cents": cents[year], "firms": firms[year]} for year in sorted(cents)]

    def notices(self) -> list[str]:
        """Unknown destinations, other names and areas, whole years beside months, jumps."""
        found = super().notices()
        if self.unknown_rows:
            total = money.text(self.unknown_cents)
            found.append(f"{self.unknown_rows} 行国别不详，合计 {total} 美元：计入出口总额，不计入任何市场。")
        if self.renamed:
            row, was = next(iter(self.renamed.values()))
            found.append(
                f"{len(self.renamed)} 家企业名称与登记不同（如第 {row} 行，登记为“{was}”），导入后保留登记的名称。"
            )
        if self.moved:
            row, name = next(iter(self.moved.values()))
            found.append(
                f"{len(self.moved)} 家企业工商注册地与登记不同（如第 {row} 行 {name}），导入后保留登记的区域。"
            )
        both = sum(sums[2] & 1 and sums[2] > 1 for sums in self.totals.values())
        if both:
            found.append(f"{both} 家企业同一年既有全年数又有分月数：计算时只用分月数，两者不相加。")
        return found + self._jumps()

    def _jumps(self) -> list[str]:
        jumped = [
            code
            for (code, year), cents in self._year_cents().items()
            if self._is_whole(code, year)
            and (old := self.before.get((code, year - 1)))
            and cents
            and not old <= cents * JUMP <= old * JUMP * JUMP
        ]
        if not jumped or self._magnitude():
            return []
        some = "、".join(jumped[:SHOWN_FIRMS])
        return [f"{len(jumped)} 家企业的出口额是上年的 {JUMP} 倍以上或不到 1/{JUMP}（如 {some}），请核对。"]

    def _is_whole(self, code: str, year: int) -> bool:
        months = self.totals[code, year][2]
        return bool(months & 1) or months == WHOLE_YEAR

    def doubts(self) -> list[str]:
        """A unit or a year that looks wrong."""
        return [sentence for sentence in (self._magnitude(), self._wrong_year()) if sentence]

    def _magnitude(self) -> str:
        """The amounts against those that the register holds of the same firms: another unit shows in the median."""
        ratios = []
        for (code, year), cents in self._year_cents().items():
            old = self.before.get((code, year)) or self.before.get((code, year - 1))
            if old and cents:
                ratios.append(cents * ONE // old)
        if len(ratios) < ENOUGH:
            return ""
        middle = int(median(ratios))
        shown = f"{middle / ONE:.2f} 倍" if middle >= ONE // 100 else f"1/{ONE // max(middle, 1):,}"
        said = f"本文件 {len(ratios)} 家企业的出口额与登记的同年或上年数相比，中位数是 {shown}"
        if ONE * 11 // 2 <= middle <= ONE * 17 // 2:
            return f"{said}，接近汇率：文件里的金额可能是人民币。平台只收美元口径，请核对。"
        if middle >= 300 * ONE:
            return f"{said}：文件里的金额单位可能填大了（例如把美元当成万美元），请核对。"
        if middle <= ONE // 300:
            guess = "万美元" if middle <= ONE // 3000 else "千美元"
            return f"{said}：文件里的金额单位可能是{guess}。请核对，需要时改选金额单位后重新读取。"
        return ""

    def _wrong_year(self) -> str:
        for shift in (-1, 1):
            compared, equal = self.compared_year[shift], self.repeats_year[shift]
            if compared >= ENOUGH_REPEATED and equal * 2 > compared:
                other = "上一年" if shift < 0 else "下一年"
                return f"本文件有 {equal} 行与登记的{other}同月同国别的数字完全相同：年份可能填错，请核对。"
        return ""
