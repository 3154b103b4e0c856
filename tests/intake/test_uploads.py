"""Papers that are too big, or not what they say: told beside the field, nothing kept, nothing typed lost."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tongbao.accounts.models import User
from tongbao.documents.models import Document
from tongbao.intake.models import Application, Paper
from tongbao.intake.rules import State

pytestmark = pytest.mark.django_db
MB = 1024 * 1024
NOT_RECEIVED = "没有接收。每份不超过 10 MB，请压缩；几份都较大时，请分几次上传。"


@pytest.fixture
def by() -> User:
    factories.pools(allotted_fen=50_000_000)
    return factories.firm()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def papers(made: Application) -> str:
    return reverse("intake:papers", args=[made.reference])


def test_a_paper_over_10_mb_is_refused_at_its_field_and_the_other_is_kept(by):
    made = factories.draft(by)
    big, good = factories.upload("申请表.pdf", b"%PDF-" + b"0" * (12 * MB - 5)), factories.upload("新执照.pdf")
    page = signed_in(by).post(papers(made), {"form": big, "licence": good})
    assert page.context["form"].errors == {"form": ["文件有 12.0 MB，超过 10 MB 的上限。请压缩或分开后重新上传。"]}
    kept = Paper.objects.filter(replaced_at=None).order_by("kind").values_list("kind", "document__name")
    assert list(kept) == [("form", "申请表.pdf"), ("licence", "新执照.pdf")]


@pytest.mark.parametrize("already", [True, False])
def test_papers_too_big_to_be_received_are_not_mistaken_for_none(by, already: bool):
    made = factories.draft(by)
    if not already:
        Paper.objects.all().delete()
    before = (Paper.objects.count(), Document.objects.count())
    huge = factories.upload("申请表.pdf", b"%PDF-" + b"0" * (44 * MB))
    page = signed_in(by).post(papers(made), {"form": huge})
    assert page.status_code == 200
    assert page.context["form"].errors == {"__all__": [f"文件太大：这次上传合计 44.0 MB，{NOT_RECEIVED}"]}
    assert (Paper.objects.count(), Document.objects.count()) == before


def test_an_answer_with_a_file_too_big_to_be_received_is_not_sent_without_it():
    made = factories.application(State.RETURNED)
    question = made.questions.get()
    huge = factories.upload("说明.pdf", b"%PDF-" + b"0" * (44 * MB))
    typed = {f"answer_{question.pk}": "已重新盖章", "answer": huge}
    page = signed_in(made.created_by).post(reverse("intake:answer", args=[made.reference]), typed)
    assert page.context["form"].errors == {"answer": [f"文件太大：这次上传合计 44.0 MB，{NOT_RECEIVED}"]}
    assert "已重新盖章" in page.content.decode()
    assert Application.objects.get(pk=made.pk).state == State.RETURNED
