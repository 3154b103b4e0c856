"""What templates may contain: links upstream, and nothing that a strict content security policy forbids."""

import re

from tests.architecture.source import PACKAGE, context_of, name, templates
from tongbao import flow

URL = re.compile(r"{%\s*url\s+['\"](\w+):")
INLINE = re.compile(r"""(?<![\w-])(?:style\s*=\s*["']|on[a-z]+\s*=\s*["']|javascript:)|<style\b""", re.IGNORECASE)
SCRIPT = re.compile(r"<script\b(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL | re.IGNORECASE)
MULTILINE_COMMENT = re.compile(r"{#[^#}]*\n")


def test_links_point_to_the_own_context_or_upstream():
    order = {context: number for number, context in enumerate(flow.CONTEXTS)}
    assert [
        f"{name(path)} → {target}"
        for path in templates()
        if context_of(path) in order and context_of(path) not in flow.ROOF
        for target in URL.findall(path.read_text())
        if order.get(target, -1) > order[context_of(path)]
        and (context_of(path), target) != ("ui", "accounts")  # the shell shows who is signed in
    ] == []


def test_nothing_inline():
    assert [
        f"{name(path)}: {found}" for path in templates() for found in INLINE.findall(_without_data(path.read_text()))
    ] == []


def test_scripts_come_from_files_or_are_data():
    inline = [
        name(path)
        for path in templates()
        for script in SCRIPT.finditer(path.read_text())
        if "src=" not in script["attributes"] and "application/json" not in script["attributes"]
    ]
    assert inline == []


def test_comments_in_braces_stay_on_one_line():
    assert [name(path) for path in templates() if MULTILINE_COMMENT.search(path.read_text())] == []


OF_OTHERS = {
    "account",
    "allauth",
    "mfa",
    "400.html",
    "403.html",
    "403_csrf.html",
    "404.html",
    "429.html",
    "500.html",
    "503.html",
}


def test_templates_stand_in_a_folder_of_their_context():
    folders = {path: path.relative_to(PACKAGE / context_of(path) / "templates").parts[0] for path in templates()}
    assert [name(path) for path, folder in folders.items() if folder not in {context_of(path), *OF_OTHERS}] == []


def _without_data(text: str) -> str:
    return re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", text, flags=re.DOTALL)
