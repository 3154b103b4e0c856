"""docs/reference/scheme-format.md and scheme-shapes.md: the scheme file's format from its models, and its examples."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo
from ruamel.yaml import YAML

from tongbao.cli.scheme_words import COMMON, FIELDS, MODELS
from tongbao.scheme.rules.differences import SECTIONS
from tongbao.scheme.rules.edition import Scheme
from tongbao.scheme.rules.shapes import Code, PlanCode, Short, Title
from tongbao.scheme.rules.values import Amount, Cited, Moment, Name, Number, Part, Percent, Valued, Words

PROJECT = Path(__file__).resolve().parents[3]
SHAPES = PROJECT / "docs" / "guides" / "scheme-shapes"
GOLDEN = PROJECT / "tests" / "scheme" / "golden" / "shapes"
NAMES = {Amount: "金额", Percent: "百分比", Number: "数", Words: "文字", Short: "短文字", Title: "文字", Name: "编号",
         Code: "编号", PlanCode: "编号", bool: "true 或 false", str: "文字", int: "整数", date: "日期",
         Moment: "日期和时间"}  # fmt: skip
CHAPTERS = {
    "从最小的方案开始": ("base",),
    "哪些企业": ("bands", "zero-exports", "imputation", "areas", "thresholds", "fallback"),
    "先后、名额与参保方式": (
        "priority-rank", "quotas", "enrolment-application", "enrolment-list", "enrolment-automatic",
    ),
    "保费": ("premium-rate", "premium-flat", "premium-by-band", "premium-discount", "premium-ceiling", "exclusive"),
    "谁付钱": ("payers-stacked", "payer-caps", "minimum-subsidy", "payment"),
    "赔多少": ("limits", "cap-order", "indemnity-by-risk"),
    "退多少": ("refund-none",),
    "什么时候": ("period-common", "period-issue", "queue-window", "versions"),
    "哪家保险人、哪个资金池": ("insurers-one", "insurers-own-pools", "insurers-shared-pool"),
}  # fmt: skip
FORMAT = """# 方案文件的全部写法

由 `src/tongbao/scheme/rules` 的定义生成（`make docs`），请勿手改。
怎样入手见[方案文件怎么写](../guides/scheme-file.md)，各种规则的例子见[规则示例](scheme-shapes.md)。

- 金额：`500000`、`500,000.00` 或 `50万`，不能为负；名称以 `_usd` 结尾的是美元，以 `_yuan` 结尾的是人民币元。
- 百分比：必须带 `%`，如 `0.03%`。日期：`2019-09-01`；日期和时间：`2019-09-02 09:00`。
- 编号：英文字母开头，只含字母、数字、下划线和连字符。
- 除条款原文、参数和期限的外层外，每一部分都必须写条款出处 `clause`，且是 `clauses` 里列出的编号。
- 政策没有写明、由平台取值的，另写 `default: true` 和理由 `note`；`note` 也可以单独写，“政策条款”页会显示。
- 这三项处处相同，下面各表不再重复。
- 没有列出的名称一律算错，以防写错字而不自知。
"""
EXAMPLES = """# 规则示例

由 `docs/guides/scheme-shapes/` 里的示例和 `tests/scheme/golden/shapes/` 里的标准算例生成（`make docs`），请勿手改。

每个示例都是真正用来测试的文件：程序与示例不一致，或算例算得不对，测试就不能通过。除“最小的方案”外，
示例只写与它不同的部分：编号相同的换掉，编号没有的添上，没有编号的整段换掉。
"""


def format_page() -> str:
    """Every key of a scheme file, section by section, in the order of the file."""
    parts = [FORMAT]
    hints = get_type_hints(Scheme, include_extras=True)
    for attribute, info in Scheme.model_fields.items():
        parts += _section(info.alias or attribute, hints[attribute], required=info.is_required())
    return "\n".join(parts)


def examples_page() -> str:
    """Every example with its text and the names of its golden cases, chapter by chapter."""
    parts = [EXAMPLES]
    for chapter, names in CHAPTERS.items():
        parts += [f"## {chapter}\n", *(_example(SHAPES / f"{name}.yaml") for name in names)]
    return "\n".join(parts)


def _section(key: str, kind: Any, *, required: bool) -> Iterator[str]:
    listed = "列表，" if get_origin(kind) is tuple else ""
    yield f"## `{key}` {SECTIONS[key]}（{listed}{'必写' if required else '可以不写'}）\n"
    for place, (attribute, model) in enumerate(models(key, kind)):
        head = f"### `{attribute}` 的每一项\n\n" if place else ""
        yield f"{head}{MODELS[model.__name__]}\n\n{_table(model)}\n"


def _table(model: type[Part]) -> str:
    hints = get_type_hints(model, include_extras=True)
    shown = [name for name in model.model_fields if name not in Cited.model_fields or not issubclass(model, Cited)]
    shown.sort(key=lambda name: name not in ("id", "title"))
    rows = (_row(model, name, hints[name], model.model_fields[name]) for name in shown)
    return "\n".join(["| 名称 | 写法 | 不写时 | 说明 |", "|---|---|---|---|", *rows])


def _row(model: type[Part], name: str, kind: Any, info: FieldInfo) -> str:
    otherwise = "（必写）" if info.is_required() else _default(info.default)
    return f"| `{info.alias or name}` | {written(kind)} | {otherwise} | {meaning(model, name)} |"


def _default(value: Any) -> str:
    if value is None or value == "" or value == ():
        return "无"
    return {True: "`true`", False: "`false`"}.get(value, f"`{value}`") if isinstance(value, bool) else f"`{value}`"


def meaning(model: type[Part], name: str) -> str:
    """What a key means: said of the model, or of one it extends, or the same everywhere."""
    for owner in model.__mro__:
        if said := FIELDS.get(f"{owner.__name__}.{name}"):
            return said
    return COMMON[name]


def written(kind: Any) -> str:
    """How a value of this type is written."""
    if kind in NAMES:
        return NAMES[kind]
    origin, arguments = get_origin(kind), [one for one in get_args(kind) if one is not type(None) and one is not ...]
    if origin is Literal:
        return "、".join(f"`{value}`" for value in arguments)
    if origin is tuple:
        return f"列表，{'每项' if written(arguments[0]) == '见下' else ''}{written(arguments[0])}"
    if origin in (Union, UnionType, Annotated):
        return written(arguments[0])
    if isinstance(kind, type) and issubclass(kind, Valued):
        return written(kind.__pydantic_generic_metadata__["args"][0])
    if isinstance(kind, type) and issubclass(kind, Part):
        return "见下"
    return "、".join(f"`{value}`" for value in kind)  # the one enumeration


def models(key: str, kind: Any) -> Iterator[tuple[str, type[Part]]]:
    """The model of a type and those inside it, outermost first, each once, with the key it stands under."""
    waiting, seen = [(key, kind)], set()
    while waiting:
        at, one = waiting.pop(0)
        if not (isinstance(one, type) and issubclass(one, Part)):
            waiting += [(at, inner) for inner in get_args(one)]
        elif one not in seen and not issubclass(one, Valued):
            seen.add(one)
            waiting += get_type_hints(one, include_extras=True).items()
            yield at, one


def _example(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    words = [line.removeprefix("#").strip() for line in lines if line.startswith("#")]
    body = "\n".join(line for line in lines if not line.startswith("#")).strip()
    golden = GOLDEN / path.name
    cases = "\n".join(f"- {name}" for name in _cases(golden)) if golden.exists() else ""
    said = f"\n\n标准算例：\n\n{cases}" if cases else ""
    return f"### {words[0]}\n\n{''.join(words[1:])}\n\n```yaml\n{body}\n```{said}\n"


def _cases(path: Path) -> Iterator[str]:
    sections = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")).values()
    for section in sections:
        if isinstance(section, list):
            yield from (case["名称"] for case in section if "名称" in case)
