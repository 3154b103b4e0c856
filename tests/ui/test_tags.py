import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import engines

from tongbao.cli import assets
from tongbao.ui.templatetags import ui


def render(template: str, **context: object) -> str:
    return engines["django"].from_string(template).render(context)


@pytest.mark.parametrize(
    ("template", "value", "shown"),
    [
        ("{{ v|fen }}", 1060935, "10,609.35 元"),
        ("{{ v|fen }}", 0, "0.00 元"),
        ("{{ v|fen }}", None, "—"),
        ("{{ v|usd }}", 500000, "5,000.00 美元"),
        ("{{ v|wan_fen }}", 1060935, '<span class="exact" title="10,609.35 元">1.06 万元</span>'),
        ("{{ v|wan_usd }}", 500000000, '<span class="exact" title="5,000,000.00 美元">500.00 万美元</span>'),
        ("{{ v|yi_usd }}", 404588170000, '<span class="exact" title="4,045,881,700.00 美元">40.46 亿美元</span>'),
        ("{{ v|yi_usd }}", 9999999999, '<span class="exact" title="99,999,999.99 美元">10,000.00 万美元</span>'),
        ("{{ v|yi_usd }}", None, "—"),
        ("{{ v|count }}", 1884, "1,884"),
        ("{{ v|rate_percent }}", Decimal("0.0003"), "0.03%"),
        ("{{ v|rate_percent }}", Decimal("0.50"), "50%"),
        ("{{ v|rate_percent }}", Decimal(0), "0%"),
        ("{{ v|local }}", datetime(2019, 10, 15, 1, tzinfo=UTC), "2019-10-15 09:00"),
        ("{{ v|day }}", datetime(2019, 10, 14, 18, tzinfo=UTC), "2019-10-15"),
        ("{{ v|day }}", date(2019, 10, 15), "2019-10-15"),
        ("{{ v|day }}", None, "—"),
        ("{% status v 'ok' %}", "已出单", '<span class="status status-ok">已出单</span>'),
        ("{% status v 'no-such-tone' %}", "草稿", '<span class="status status-neutral">草稿</span>'),
        ("{% case_link v %}", "TB2019-000017", '<a class="case-link" href="/cases/TB2019-000017/">TB2019-000017</a>'),
        ("{% case_link v %}", "", "—"),
        ("{% trace_link v 5 %}", "TB2019-000017", '<a href="/cases/TB2019-000017/trace/5/">追溯到条款</a>'),
        ("{% trace_link v 5 %}", None, "—"),
        ("{% crumb v '/x/' %}", "<a>", '<li class="breadcrumb-item"><a href="/x/">&lt;a&gt;</a></li>'),
        ("{% crumb v %}", "甲", '<li class="breadcrumb-item active" aria-current="page">甲</li>'),
    ],
)
def test_what_is_shown(template: str, value: object, shown: str):
    assert render(template, v=value) == shown


def test_the_path_has_a_frame_only_when_there_is_one():
    assert render("{% crumbs %}  {% endcrumbs %}") == ""
    assert render("{% crumbs %}<li>甲</li>{% endcrumbs %}").startswith('<nav class="crumbs" aria-label="当前位置">')


def test_every_form_gets_a_key_of_its_own():
    keys = re.findall(r'name="key" value="([0-9a-f-]{36})"', render("{% once %}{% once %}"))
    assert len(keys) == len(set(keys)) == 2


def test_icons_are_decorative_unless_they_speak():
    assert 'aria-hidden="true"' in render('{% icon "bell" %}')
    assert 'role="img" aria-label="消息"' in render('{% icon "bell" "消息" %}')


def test_an_icon_never_reads_outside_its_folder():
    assert ui._drawing("../../package", assets.PROJECT) == ""


def test_a_chart_brings_its_figures_as_a_table():
    options = {
        "xAxis": {"type": "category", "data": ["8 月", "9 月"]},
        "series": [{"name": "对美出口", "type": "bar", "data": [4500, 710000]}],
    }
    html = render('{% chart "c1" options "九月最高" %}', options=options)
    assert 'data-chart="c1-options" role="img" aria-label="九月最高"' in html
    assert '<script id="c1-options" type="application/json">' in html
    assert '<th scope="row">9 月</th><td>710,000</td>' in html


def test_a_pie_brings_its_figures_as_a_table():
    options = {"series": [{"type": "pie", "data": [{"name": "中国信保", "value": 45}]}]}
    html = render('{% chart "c2" options "份额" %}', options=options)
    assert '<th scope="row">中国信保</th><td>45</td>' in html


def test_options_cannot_leave_their_script():
    html = render('{% chart "c3" options "x" %}', options={"series": [{"data": [{"name": "</script><b>"}]}]})
    assert "</script><b>" not in html


def test_the_heading_says_what_the_title_says(rf):
    from django.contrib.auth.models import AnonymousUser

    request = rf.get("/")
    request.user = AnonymousUser()
    page = engines["django"].from_string('{% extends "ui/public.html" %}{% block title %}消息 {{ n }}{% endblock %}')
    html = page.render({"n": 3}, request)
    assert ("<h1>消息 3</h1>" in html, "<title>消息 3 · 统保</title>" in html) == (True, True)
    page = engines["django"].from_string('{% extends "ui/public.html" %}')
    assert "<h1>名单</h1>" in page.render({"title": "名单"}, request)
