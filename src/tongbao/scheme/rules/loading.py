"""Scheme text to Scheme, or every fault at once with file, line, clause and a way out."""

from typing import Any, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from tongbao.scheme.rules import checks, source
from tongbao.scheme.rules.edition import Scheme
from tongbao.scheme.rules.faults import Fault, Faults
from tongbao.scheme.rules.source import Document, Path

SENTENCES = {
    "missing": ("缺少“{key}”", "补上这一项"),
    "extra_forbidden": ("不认识“{key}”", "检查拼写，或删去这一项"),
    "string_type": ("“{key}”应为文字", "加上引号"),
    "string_too_short": ("“{key}”不能为空", "填写内容"),
    "string_too_long": ("“{key}”最多 {max_length} 个字符", "写短一些"),
    "string_pattern_mismatch": ("“{key}”的写法不对", "编号用英文字母开头，只含字母、数字、下划线和连字符"),
    "bool_type": ("“{key}”应为 true 或 false", ""),
    "bool_parsing": ("“{key}”应为 true 或 false", ""),
    "int_type": ("“{key}”应为整数", ""),
    "int_parsing": ("“{key}”应为整数", ""),
    "decimal_type": ("“{key}”应为数字", ""),
    "decimal_parsing": ("“{key}”应为数字", ""),
    "tuple_type": ("“{key}”应为列表", "每项一行，以“- ”开头"),
    "model_type": ("“{key}”应为若干“名称: 值”", "检查缩进"),
    "too_short": ("“{key}”至少要有一项", ""),
    "greater_than_equal": ("“{key}”太小", ""),
    "less_than_equal": ("“{key}”太大", ""),
}
NO_CITATION = ("缺少条款出处", "写上 clause，例如 clause: 二(一)；方案没有写明的，再加 default: true 和 note")


def load(text: str, name: str) -> Scheme:
    """The scheme of a file's text; `name` is shown in faults. Raises Faults with everything that is wrong."""
    document = source.read(text)
    if document.data is None:
        raise Faults(Fault(name, line, "", sentence, hint) for line, sentence, hint in document.faults)
    if not isinstance(document.data, dict):
        raise Faults([Fault(name, 1, "", "文件应为若干“名称: 值”", "参照 schemes/ 下已有的方案文件填写")])
    sections, errors = _sections(document.data)
    found = [_fault(document, name, _path(error), *_words(error)) for error in errors]
    found += [Fault(name, line, "", sentence, hint) for line, sentence, hint in document.faults]
    found += [_fault(document, name, path, sentence, hint) for path, sentence, hint in checks.all_of(sections)]
    if found:
        raise Faults(found)
    return Scheme.model_validate(document.data)


def _fault(document: Document, name: str, path: Path, sentence: str, hint: str) -> Fault:
    return Fault(name, document.line(path), document.clause(path), sentence, hint)


def _sections(data: dict[str, Any]) -> tuple[checks.Sections, list[ErrorDetails]]:
    """Every section read by itself, lists item by item, so that one bad item does not hide the faults of the others."""
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
            value, wrong = _read(info.annotation, data[key], (key,))
            sections.parts[key] = value
            errors += wrong
        elif not isinstance(data[key], list):
            errors.append(_error("tuple_type", (key,)))
        else:
            for index, raw in enumerate(data[key]):
                value, wrong = _read(item, raw, (key, index))
                errors += wrong
                if value is not None:
                    sections.items.setdefault(key, []).append((index, value))
    known = {info.alias or attribute for attribute, info in Scheme.model_fields.items()}
    errors += [_error("extra_forbidden", (key,)) for key in data if key not in known]
    return sections, errors


def _read(kind: Any, raw: Any, path: Path) -> tuple[Any, list[ErrorDetails]]:
    try:
        return TypeAdapter(kind).validate_python(raw), []
    except ValidationError as error:
        return None, [{**details, "loc": (*path, *details["loc"])} for details in error.errors()]


def _error(kind: str, path: Path) -> ErrorDetails:
    return {"type": kind, "loc": path, "msg": "", "input": None}


def _path(error: ErrorDetails) -> Path:
    return tuple(error["loc"])


def _words(error: ErrorDetails) -> tuple[str, str]:
    key = next((str(step) for step in reversed(error["loc"]) if isinstance(step, str)), "内容")
    kind = error["type"]
    if key == "clause" and kind in ("missing", "string_too_short", "string_type"):
        return NO_CITATION
    if kind == "value_error":
        sentence = str(error.get("ctx", {}).get("error", ""))
        return (f"“{key}”{sentence}" if sentence.startswith("应") else sentence or f"“{key}”的值不对"), ""
    if kind in ("literal_error", "enum"):
        return f"“{key}”的值不对", f"可以写 {error.get('ctx', {}).get('expected', '')}".replace(" or ", " 或 ")
    if kind.startswith("date"):
        return f"“{key}”应为日期", "写成 2019-09-01"
    sentence, hint = SENTENCES.get(kind, ("“{key}”的值不对", ""))
    return sentence.format(**{**error.get("ctx", {}), "key": key}), hint


def faults_of(text: str, name: str) -> list[Fault]:
    """Everything wrong with a scheme file; nothing when it can be loaded."""
    try:
        load(text, name)
    except Faults as error:
        return list(error.faults)
    return []
