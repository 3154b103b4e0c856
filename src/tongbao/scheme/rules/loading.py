"""Scheme text to Scheme, or every fault at once with file, line, clause and a way out."""

from functools import lru_cache
from typing import Any, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from tongbao.scheme.rules import checks, proofs, source
from tongbao.scheme.rules.edition import Scheme
from tongbao.scheme.rules.faults import Fault, Faults
from tongbao.scheme.rules.source import Document, Path
from tongbao.scheme.rules.standins import LARGE, SMALL, Values, stood_in

SENTENCES = {
    "missing": ("缺少“{key}”", "补上这一项"),
    "extra_forbidden": ("不认识“{key}”", "检查拼写，或删去这一项"),
    "string_type": ("“{key}”应为文字", "加上引号"),
    "string_too_short": ("“{key}”不能为空", "填写内容"),
    "string_too_long": ("“{key}”最多 {max_length} 个字符", "写短一些"),
    "string_pattern_mismatch": ("“{key}”的写法不对", "编号用英文字母开头，只含字母、数字、下划线和连字符"),
    "bool_type": ("“{key}”应为 true 或 false", "不加引号，也不写是、否"),
    "bool_parsing": ("“{key}”应为 true 或 false", "不加引号，也不写是、否"),
    "int_type": ("“{key}”应为整数", "只写数字，不带单位和小数"),
    "int_parsing": ("“{key}”应为整数", "只写数字，不带单位和小数"),
    "int_from_float": ("“{key}”应为整数", "只写数字，不带单位和小数"),
    "decimal_type": ("“{key}”应为数字", "只写数字，不带单位"),
    "decimal_parsing": ("“{key}”应为数字", "只写数字，不带单位"),
    "tuple_type": ("“{key}”应为列表", "每项一行，以“- ”开头"),
    "model_type": ("“{key}”应为若干“名称: 值”", "检查缩进"),
    "too_short": ("“{key}”至少要有一项", "补上一项"),
    "greater_than_equal": ("“{key}”太小", "不小于 {ge}"),
    "less_than_equal": ("“{key}”太大", "不大于 {le}"),
}
LIKE = "照例子的写法改"
CHECK = "对照 schemes/ 下已有的方案文件检查写法"
NO_CITATION = ("缺少条款出处", "写上 clause，例如 clause: 二(一)；方案没有写明的，再加 default: true 和 note")


@lru_cache(maxsize=16)  # the same text is looked at, confirmed and stored; schemes never change
def load(text: str, name: str) -> Scheme:
    """The scheme of a file's text; `name` is shown in faults. Raises Faults with everything that is wrong."""
    document = source.read(text)
    if document.data is None or not isinstance(document.data, dict):
        no_mapping = (1, "文件应为若干“名称: 值”", "参照 schemes/ 下已有的方案文件填写")
        raise Faults(_plain(document, name, fault) for fault in document.faults or [no_mapping])
    sections, errors = _sections(document.data)
    wrong = [(tuple(error["loc"]), *_words(error)) for error in errors]
    wrong += _sense(document.data, sections, unread=bool(errors))
    wrong += proofs.all_of(sections, faulty={str(path[0]) for path, _, _ in wrong if path})
    found = [_plain(document, name, fault) for fault in document.faults]
    found += [_fault(document, name, path, sentence, hint) for path, sentence, hint in wrong]
    if found:
        raise Faults(found)
    return Scheme.model_validate(document.data)


def _sense(data: dict[str, Any], sections: checks.Sections, *, unread: bool) -> list[tuple[Path, str, str]]:
    """Faults of sense; where something could not be read, also those that no reading of it would heal."""
    found = list(checks.all_of(sections))
    if unread:
        small, large = (list(checks.all_of(_sections(data, values)[0])) for values in (SMALL, LARGE))
        known = set(found)
        found += [fault for fault in dict.fromkeys(small) if fault in set(large) and fault not in known]
    return found


def _fault(document: Document, name: str, path: Path, sentence: str, hint: str) -> Fault:
    line = document.line(path)
    return Fault(name, line, document.clause(path), sentence, hint, document.text(line))


def _plain(document: Document, name: str, fault: tuple[int, str, str]) -> Fault:
    line, sentence, hint = fault
    return Fault(name, line, "", sentence, hint, document.text(line))


def _sections(data: dict[str, Any], stand_ins: Values = ()) -> tuple[checks.Sections, list[ErrorDetails]]:
    """Every section read by itself, lists item by item, so that one bad item does not hide the faults of the others.

    With `stand_ins`, a part that cannot be read is read with one of them in place of each bad value, where one does.
    """
    sections = checks.Sections(raw=data)
    errors: list[ErrorDetails] = []
    for attribute, info in Scheme.model_fields.items():
        key = info.alias or attribute
        if key not in data:
            if info.is_required():
                errors.append(_error("missing", (key,)))
            continue
        item = get_args(info.annotation)[0] if get_origin(info.annotation) is tuple else None
        if item is None:
            value, wrong = _read(info.annotation, data[key], (key,), stand_ins)
            sections.parts[key] = value
            errors += wrong
        elif not isinstance(data[key], list):
            errors.append(_error("tuple_type", (key,)))
        else:
            for index, raw in enumerate(data[key]):
                value, wrong = _read(item, raw, (key, index), stand_ins)
                errors += wrong
                if value is not None:
                    sections.items.setdefault(key, []).append((index, value))
    known = {info.alias or attribute for attribute, info in Scheme.model_fields.items()}
    errors += [_error("extra_forbidden", (key,)) for key in data if key not in known]
    return sections, errors


def _read(kind: Any, raw: Any, path: Path, stand_ins: Values) -> tuple[Any, list[ErrorDetails]]:
    try:
        return TypeAdapter(kind).validate_python(raw), []
    except ValidationError as error:
        wrong: list[ErrorDetails] = [{**details, "loc": (*path, *details["loc"])} for details in error.errors()]
        return stood_in(kind, raw, stand_ins) if stand_ins else None, [one for one in wrong if not _echo(one, wrong)]


def _echo(error: ErrorDetails, others: list[ErrorDetails]) -> bool:
    """A list is called too short also when its only items could not be read: that is said of them already."""
    place = error["loc"]
    return error["type"] == "too_short" and any(
        other is not error and other["loc"][: len(place)] == place for other in others
    )


def _error(kind: str, path: Path) -> ErrorDetails:
    return {"type": kind, "loc": path, "msg": "", "input": None}


def _words(error: ErrorDetails) -> tuple[str, str]:
    key = next((str(step) for step in reversed(error["loc"]) if isinstance(step, str)), "内容")
    kind = error["type"]
    if key == "clause" and kind in ("missing", "string_too_short", "string_type"):
        return NO_CITATION
    if kind == "value_error":
        sentence = str(error.get("ctx", {}).get("error", ""))
        whole = f"“{key}”{sentence}" if sentence.startswith("应") else sentence or f"“{key}”的值不对"
        return whole, LIKE if "例如" in sentence else CHECK
    if kind in ("literal_error", "enum"):
        return f"“{key}”的值不对", f"可以写 {error.get('ctx', {}).get('expected', '')}".replace(" or ", " 或 ")
    if kind.startswith("date"):
        return f"“{key}”应为日期", "写成 2019-09-01"
    context = {**error.get("ctx", {}), "key": key}
    sentence, hint = SENTENCES.get(kind, ("“{key}”的值不对", CHECK))
    return sentence.format(**context), hint.format(**context)


def faults_of(text: str, name: str) -> list[Fault]:
    """Everything wrong with a scheme file; nothing when it can be loaded."""
    try:
        load(text, name)
    except Faults as error:
        return list(error.faults)
    return []
