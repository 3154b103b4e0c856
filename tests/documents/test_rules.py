"""Which files are taken."""

import pytest

from tongbao.documents import rules
from tongbao.refusal import Refusal

PDF, JPG, PNG = b"%PDF-1.7\n...", b"\xff\xd8\xff\xe0...", b"\x89PNG\r\n\x1a\n..."


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("申请表.pdf", PDF, "application/pdf"),
        ("申请表.PDF", PDF, "application/pdf"),
        ("执照.jpg", JPG, "image/jpeg"),
        ("执照.jpeg", JPG, "image/jpeg"),
        ("执照.png", PNG, "image/png"),
    ],
)
def test_accepted(name: str, content: bytes, expected: str):
    assert rules.file_type(name, content).content_type == expected


@pytest.mark.parametrize(
    ("name", "content", "code", "sentence"),
    [
        (
            "申请表.pdf",
            b"MZ\x90\x00",
            "document.not_what_it_says",
            "这不是 PDF 文件（名称以 .pdf 结尾，内容却不是）。请用原来的软件重新导出后上传。",
        ),
        ("申请表.exe", b"MZ\x90\x00", "document.ending", "只接受 PDF、JPG、PNG 文件，请转换后重新上传。"),
        ("申请表", PDF, "document.ending", "只接受 PDF、JPG、PNG 文件，请转换后重新上传。"),
        (
            "执照.pdf",
            JPG,
            "document.other_type",
            "这个文件的内容是 JPG 图片，名称却以 .pdf 结尾。请把名称改为 .jpg 后重新上传。",
        ),
    ],
)
def test_refused(name: str, content: bytes, code: str, sentence: str):
    with pytest.raises(Refusal) as no:
        rules.file_type(name, content)
    assert (no.value.code, no.value.sentence) == (code, sentence)


@pytest.mark.parametrize(
    ("size", "code"),
    [(0, "document.empty"), (rules.MAX_BYTES + 1, "document.too_big"), (50 * 1024**2, "document.too_big")],
)
def test_size(size: int, code: str):
    with pytest.raises(Refusal) as no:
        rules.check_size(size)
    assert no.value.code == code


def test_the_largest_file_is_taken():
    rules.check_size(rules.MAX_BYTES)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("营业执照.pdf", "营业执照.pdf"),
        ("C:\\资料\\营业执照.pdf", "营业执照.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie x.pdf"),
        ("fdp.\u202eexe.pdf", "fdp. exe.pdf"),
        ("...", "未命名"),
        ("", "未命名"),
        ("表" * 200 + ".pdf", "表" * 116 + ".pdf"),
    ],
)
def test_names_are_cleaned(given: str, kept: str):
    assert rules.clean_name(given) == kept
