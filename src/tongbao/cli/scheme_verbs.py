"""`tongbao check SCHEME` and `tongbao decide SCHEME FACTS.json`: a scheme file without a server or a database."""

import argparse
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from tongbao.refusal import Refusal
from tongbao.scheme import rules


def add(verbs: "argparse._SubParsersAction[Any]") -> None:
    """Declare both verbs."""
    verb = verbs.add_parser(
        "check",
        help="检查方案文件",
        description="检查方案文件，一次列出全部问题：文件、行号、条款、问题和改法。有问题时以 1 退出。",
    )
    verb.add_argument("scheme", metavar="方案.yaml", help="方案文件，如 schemes/nantong-2019.yaml")
    verb.set_defaults(run=lambda arguments: check(arguments.scheme))
    verb = verbs.add_parser(
        "decide",
        help="按方案判定一家企业",
        description="按方案判定一家企业，以 JSON 输出逐条结论和可选方案。没有写出或写 null 的事实按未知处理。",
    )
    verb.add_argument("scheme", metavar="方案.yaml", help="方案文件")
    verb.add_argument("facts", metavar="事实.json", help='如 {"area": "chongchuan", "exports_usd": "5000000.00"}')
    verb.set_defaults(run=lambda arguments: decide(arguments.scheme, arguments.facts))


def check(path: str) -> int:
    """Print every fault of a scheme file with file and line, or that there is none; 1 when there is any."""
    faults = rules.faults_of(_text(path), path)
    for fault in faults:
        print(fault)
    if faults:
        print(f"共 {len(faults)} 处问题。", file=sys.stderr)
        return 1
    scheme = rules.load(_text(path), path)
    print(f"{path}：没有发现问题。{scheme.edition.title}（{scheme.code}），摘要 {scheme.hash}")
    return 0


def decide(scheme_path: str, facts_path: str) -> int:
    """Print the decision on one firm as JSON; 1, with the reasons, when the scheme or the facts cannot be read."""
    terms = read_scheme(scheme_path)
    if terms is None:
        return 1
    try:
        facts = rules.read_facts(terms.scheme, _facts(facts_path))
    except rules.BadFacts as bad:
        print("\n".join(f"{facts_path}：{sentence}" for sentence in bad.sentences), file=sys.stderr)
        return 1
    outcome = rules.decide(terms, facts)
    print(json.dumps(outcome.to_json(), ensure_ascii=False, indent=2))
    return 0


def read_scheme(path: str) -> rules.CompiledTerms | None:
    """A scheme file ready to decide; None, its faults printed, when it has any."""
    try:
        return compiled(path)
    except rules.Faults as faults:
        print(faults, file=sys.stderr)
        return None


def compiled(path: str) -> rules.CompiledTerms:
    """A scheme file ready to decide. Raises `rules.Faults`."""
    return rules.compile(rules.load(_text(path), path))


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Refusal("not_utf8", f"{path}：文件不是 UTF-8 编码的文本，请另存为 UTF-8 后再试。") from None
    except OSError:
        raise Refusal("no_file", f"{path}：读不到这个文件，请检查路径。") from None


def _facts(path: str) -> dict[str, Any]:
    try:
        facts = json.loads(_text(path), parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise Refusal("bad_json", f"{path}:{error.lineno}：不是正确的 JSON，请检查引号和逗号。") from None
    except (RecursionError, ValueError):
        raise Refusal("bad_json", f"{path}：不是正确的 JSON，请检查内容。") from None
    if not isinstance(facts, dict):
        raise Refusal("bad_json", f'{path}：应为一组“名称: 值”，例如 {{"area": "chongchuan"}}。')
    return facts
