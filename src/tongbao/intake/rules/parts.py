"""The parts of an application: what each needs, how far it is, what is still missing."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from tongbao.labels import Labelled


class PaperKind(Labelled):
    """The papers of an application."""

    FORM = "form", "盖章申请表"
    LICENCE = "licence", "营业执照"
    PROOF = "proof", "出口经营资格证明"
    ANSWER = "answer", "补充材料"


REQUIRED_PAPERS = (PaperKind.FORM, PaperKind.LICENCE)
REQUIRED_AT_ZERO = (*REQUIRED_PAPERS, PaperKind.PROOF)  # no exports in the base year: the firm proves it is an exporter


class Section(Labelled):
    """The parts of an application; a question of a reviewer is tied to one of them."""

    PLAN = "plan", "方案"
    INSURER = "insurer", "保险公司"
    DATA = "data", "企业资料"
    DECLARATION = "declaration", "声明"
    PAPERS = "papers", "申请材料"


class Part(Labelled):
    """How far a part is."""

    NOT_STARTED = "not_started", "未开始"
    IN_PROGRESS = "in_progress", "进行中"
    DONE = "done", "已完成"
    LOCKED = "locked", "暂不能填"


# What the firm declares; a changed text gets a new version, and every application keeps the version it was shown.
DECLARATION_VERSION = "2019-1"
DECLARATIONS = {
    "declares_uninsured": "本企业目前没有在任何保险机构投保短期出口信用保险（含其他平台的统保保单）。",
    "declares_truth": "本企业填写的内容和上传的材料真实、完整；如有不实，愿意退回财政扶持资金并承担相应责任。",
}


@dataclass(frozen=True)
class Draft:
    """What an exporter has given so far. `needs_fallback`: the plan chosen is only conditional."""

    plan: str = ""
    fallback_plan: str = ""
    needs_fallback: bool = False
    insurer: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    address: str = ""
    data_confirmed: bool = False
    declares_uninsured: bool = False
    declares_truth: bool = False
    needs_proof: bool = False
    papers: frozenset[str] = frozenset()

    @property
    def required_papers(self) -> tuple[PaperKind, ...]:
        """The papers without which it cannot be submitted (clause 二(一): zero exports need a proof)."""
        return REQUIRED_AT_ZERO if self.needs_proof else REQUIRED_PAPERS


@dataclass(frozen=True)
class Task:
    """One line of the task list: a part, or the last step (`section` is None: check and submit)."""

    section: Section | None
    label: str
    state: Part
    hint: str = ""

    @property
    def page(self) -> str:
        """The page that does it."""
        return self.section.value if self.section else "check"


def _progress(given: list[bool]) -> Part:
    if all(given):
        return Part.DONE
    return Part.IN_PROGRESS if any(given) else Part.NOT_STARTED


def _plan(draft: Draft) -> Part:
    if draft.plan and draft.needs_fallback and not draft.fallback_plan:
        return Part.IN_PROGRESS
    return Part.DONE if draft.plan else Part.NOT_STARTED


def tasks(draft: Draft) -> tuple[Task, ...]:
    """The task list: five parts and the last step, which opens when all five are done."""
    states = {
        Section.PLAN: _plan(draft),
        Section.INSURER: Part.DONE if draft.insurer else Part.NOT_STARTED,
        Section.DATA: _progress(
            [bool(draft.contact_name), bool(draft.contact_phone), bool(draft.address), draft.data_confirmed]
        ),
        Section.DECLARATION: _progress([draft.declares_uninsured, draft.declares_truth]),
        Section.PAPERS: _progress([kind.value in draft.papers for kind in draft.required_papers]),
    }
    ready = all(state is Part.DONE for state in states.values())
    last = Part.NOT_STARTED if ready else Part.LOCKED
    hint = "" if ready else "前面五项完成后即可提交"
    return (*(Task(part, part.label, state) for part, state in states.items()), Task(None, "检查并提交", last, hint))


def missing(draft: Draft) -> Iterator[tuple[Section, str]]:
    """Each part that is not complete, with a sentence that says what to do (empty when all is there)."""
    if not draft.plan:
        yield Section.PLAN, "请先选择方案。"
    elif draft.needs_fallback and not draft.fallback_plan:
        yield Section.PLAN, f"方案{draft.plan}须由市商务局确认政策导向，请再选一个备选方案。"
    if not draft.insurer:
        yield Section.INSURER, "请选择保险公司。"
    if not (draft.contact_name and draft.contact_phone and draft.address):
        yield Section.DATA, "请填写联系人、联系电话和通讯地址。"
    if not draft.data_confirmed:
        yield Section.DATA, "请核对企业资料，并勾选“以上资料无误”。"
    if not (draft.declares_uninsured and draft.declares_truth):
        yield Section.DECLARATION, "请逐条阅读并勾选声明。"
    for kind in draft.required_papers:
        if kind.value not in draft.papers:
            yield Section.PAPERS, f"请上传{kind.label}。"


_MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_LANDLINE = re.compile(r"(?:\+?86)?(0?(?:10|2\d|[3-9]\d{2}))(\d{7,8})(?:(?:转|x|ext)(\d{1,6}))?", re.IGNORECASE)


def phone(text: str) -> str | None:
    """A mainland mobile ('13812345678') or landline number with its area code ('0513-85215678'), or None.

    Full-width digits, blanks, hyphens, brackets and +86 are understood.
    """
    plain = re.sub(r"[\s()（）\-—–－]", "", unicodedata.normalize("NFKC", text))
    if found := _MOBILE.fullmatch(plain):
        return found[1]
    found = _LANDLINE.fullmatch(plain)
    if not found or not (found[1].startswith("0") or plain.startswith(("86", "+86"))):
        return None
    area = found[1] if found[1].startswith("0") else f"0{found[1]}"
    extension = f"转{found[3]}" if found[3] else ""
    return f"{area}-{found[2]}{extension}"
