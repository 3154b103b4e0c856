"""What the tracked files may mention, and that generated ones are fresh."""

import re
from io import StringIO

import pytest
from django.core.management import call_command

from tests.architecture.source import ROOT, name, tracked
from tongbao.cli import docs

# Pieces, so that this file does not mention what it looks for.
FORBIDDEN = re.compile(
    "|".join(
        [
            "/" + "work/",
            "/" + "root/",
            "/" + "home/",
            "pypi" + r"\.org",
            "python" + "hosted",
            "registry" + r"\.npm",
            r"npmjs\." + "org",
            "deb" + r"\.debian",
        ]
    )
)
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".json",
    ".yaml",
    ".yml",
    ".html",
    ".js",
    ".css",
    ".typ",
    ".in",
    ".cfg",
    ".ini",
    "",
}


def test_no_machine_path_and_no_registry_host():
    found = []
    for path in tracked():
        if path.suffix in TEXT and path.stat().st_size < 5_000_000:
            text = path.read_bytes().decode(errors="replace")
            found += [f"{name(path)}: {match}" for match in FORBIDDEN.findall(text)]
    assert found == []


def test_no_large_file():
    assert [name(path) for path in tracked() if path.stat().st_size > 2_000_000] == []


def test_generated_documents_are_fresh():
    assert docs.stale() == []


@pytest.mark.django_db
def test_migrations_match_the_models():
    said = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=said)
    assert said.getvalue().strip() == "No changes detected"


def test_the_project_folder_is_the_checkout():
    assert (ROOT / "pyproject.toml").exists()


def test_the_table_of_bad_input_names_tests_that_exist():
    table = (ROOT / "docs" / "reference" / "bad-input.md").read_text()
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    named = set(re.findall(r"\b(test_\w+)(?=[`，])", table))
    assert len(named) > 30
    assert {one for one in named if f"def {one}(" not in tests} == set()
    assert {file for file in re.findall(r"(\w+/test_\w+\.py)", table) if not (ROOT / "tests" / file).exists()} == set()


def test_the_guides_show_every_picture_there_is_and_no_other():
    guides = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    shown = {found for guide in guides for found in re.findall(r"images/([\w-]+\.png)", guide.read_text())}
    assert shown == {picture.name for picture in (ROOT / "docs/guides/images").iterdir()}
