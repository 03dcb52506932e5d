"""What an analyst sees and does, in a real browser: evidence lit, filters, differences, proofs, all by keyboard too."""

import asyncio
import re
from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from readout.streams.audit.proof.notes import new_key
from tests.audit.ledger import honest_ledger
from tests.report.browser import Browser, file_address
from tests.report.made import AT, ATTACKS, TOLD, newsroom, report_of

VIEWS = {
    "/": "Who met whom",
    "/contacts": "Contacts",
    "/network": "Network",
    "/statements": "Statements",
    "/names": "Names",
    "/articles": "Articles",
    "/proof": "Proof",
    "/name/anna%20weber": "Anna Weber",
    "/country/DE": "Germany",
    "/across": "Across reports",
    f"/told/{TOLD}": "Anna Weber – Luis Ortega",
    "/article/calls": "Weber calls Ortega on Tuesday",
    "/article/calls?revision=2&with=1": "Weber calls Ortega on Tuesday",
    "/search?words=weber": "Search: weber",
}
"""Every kind of view, and how its heading begins."""


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_has_an_address_and_asks_for_nothing(
    browser: Browser, newsroom_file: Path, view: str
) -> None:
    browser.open(file_address(newsroom_file, view))
    browser.until(browser.badges_are_there)
    assert browser.text("h1").startswith(VIEWS[view])
    assert browser.complaints() == []
    assert browser.left_the_page() == []


@pytest.mark.parametrize("width", [320, 1440, 2560])
def test_no_view_is_wider_than_its_window(browser: Browser, newsroom_file: Path, width: int) -> None:
    browser.size(width, 800)
    browser.open(file_address(newsroom_file))
    for view in VIEWS:
        browser.go(view)
        assert browser.run("return document.documentElement.scrollWidth") <= width, view


def lit(browser: Browser) -> str:
    """The words that are lit."""
    return "".join(one.text for one in browser.all(".body mark.lit"))


def test_a_record_lights_its_words_when_hovered_and_when_focused(
    browser: Browser, newsroom_file: Path
) -> None:
    browser.open(file_address(newsroom_file, "/article/calls"))
    contact, statement = browser.one(".card.contact"), browser.one(".card.statement")
    ActionChains(browser.driver).move_to_element(contact.find_element("css selector", ".facts")).perform()
    browser.until(lambda: lit(browser))
    assert lit(browser).startswith("{Anna Weber|DE} called {Luis Ortega|ES} on 2022-10-04")
    browser.run("arguments[0].focus()", statement)
    browser.until(lambda: "We agreed on grain" in lit(browser))
    assert lit(browser) == "We agreed on grainAnna Webersaid"


def test_words_light_their_record_when_hovered_and_when_focused(
    browser: Browser, newsroom_file: Path
) -> None:
    browser.open(file_address(newsroom_file, "/article/calls"))
    words = next(one for one in browser.all(".body mark") if "agreed" in one.text)
    ActionChains(browser.driver).move_to_element(words).perform()
    browser.until(lambda: browser.all(".card.statement.lit"))
    assert "We agreed on grain" in browser.text(".card.lit")
    browser.run("document.querySelector('.body mark.cue').focus()")
    browser.until(lambda: browser.text("#told") == "Anna Weber says")


def test_arrow_keys_go_from_mark_to_mark_and_enter_to_the_record(
    browser: Browser, newsroom_file: Path
) -> None:
    browser.open(file_address(newsroom_file, "/article/calls"))
    browser.tab_to(".body mark")
    browser.press(Keys.ARROW_RIGHT)
    browser.until(lambda: browser.all(".card.lit"))
    browser.press(Keys.ENTER)
    browser.until(lambda: browser.run("return document.activeElement.matches('.card')"))


def test_on_a_phone_touched_words_offer_their_records(browser: Browser, newsroom_file: Path) -> None:
    browser.size(360, 740)
    browser.open(file_address(newsroom_file, "/article/calls"))
    next(one for one in browser.all(".body mark") if "agreed" in one.text).click()
    browser.until(lambda: browser.one(".peek").is_displayed())
    assert browser.text(".peek") == "Anna Weber says"
    browser.one(".peek button").click()
    browser.until(lambda: browser.run("return document.activeElement.matches('.card.statement')"))


def test_filters_narrow_the_contacts_and_stand_in_the_address(browser: Browser, newsroom_file: Path) -> None:
    browser.open(file_address(newsroom_file, "/contacts?country=KE"))
    assert browser.text(".sum") == "1 contact"
    browser.go("/contacts?article=calls")
    assert [one.text for one in browser.all(".day > h2")] == ["4 October 2022 Tuesday"]
    browser.go("/contacts")
    browser.one("select[name=mode] option[value=meeting]").click()
    browser.until(lambda: browser.text(".sum") == "2 contacts")
    assert "mode=meeting" in browser.driver.current_url
    browser.driver.back()
    browser.until(lambda: browser.text(".sum") != "2 contacts")


def test_somebody_is_chosen_by_name(browser: Browser, newsroom_file: Path) -> None:
    browser.open(file_address(newsroom_file, "/contacts"))
    browser.one("input[name=person]").send_keys("Mei Tanaka")
    browser.until(lambda: "person=mei+tanaka" in browser.driver.current_url)
    browser.until(lambda: browser.text(".sum") == "0 contacts")
    browser.one(".chosen button").click()
    browser.until(lambda: browser.text(".sum") != "0 contacts")


def test_typed_words_filter_while_the_field_keeps_its_cursor(browser: Browser, newsroom_file: Path) -> None:
    browser.open(file_address(newsroom_file, "/statements"))
    browser.one("input[name=words]").send_keys("grain")
    browser.until(lambda: browser.text(".sum") == "1 statement")
    browser.press("x")
    browser.until(lambda: browser.text(".sum") == "0 statements")
    assert browser.one("input[name=words]").get_attribute("value") == "grainx"


def test_a_stretch_of_time_is_chosen_by_keys_and_by_dragging(browser: Browser, newsroom_file: Path) -> None:
    browser.open(file_address(newsroom_file, "/contacts"))
    whole = browser.text(".sum")
    browser.tab_to(".timeline g.bar")
    browser.press(Keys.END, Keys.ENTER)
    browser.until(lambda: browser.text(".sum") != whole)
    assert re.search(r"start=\d{4}-\d\d-\d\d&end=", browser.driver.current_url)
    browser.go("/contacts")
    chart = browser.one(".timeline svg")
    half = chart.size["width"] // 2
    ActionChains(browser.driver).move_to_element_with_offset(chart, 10, 0).click_and_hold().move_by_offset(
        half - 20, 0
    ).release().perform()
    browser.until(lambda: "start=" in browser.driver.current_url)
    browser.until(lambda: browser.text(".sum") != whole)


def test_two_revisions_are_compared_by_words_and_records(browser: Browser, newsroom_file: Path) -> None:
    browser.open(file_address(newsroom_file, "/article/calls?revision=2&with=1"))
    gone = "".join(one.text for one in browser.all(".body del"))
    new = "".join(one.text for one in browser.all(".body ins"))
    assert "met" in gone
    assert "I know of nothing" in new
    assert "agreed on grain" not in gone + new
    assert "I know of nothing" in browser.text(".changed.new")
    assert "Luis Ortega" in browser.text(".changed.gone")
    browser.one("select[name=with] option[value='']").click()
    browser.until(lambda: not browser.all(".body del"))


def test_what_was_taken_back_is_there_with_the_reason(browser: Browser, newsroom_file: Path) -> None:
    browser.open(file_address(newsroom_file, "/article/taken-back"))
    assert "the article was withheld" in browser.text(".withdrawn")
    browser.one(".withdrawn a").click()
    browser.until(lambda: browser.all(".body mark"))
    assert "Ivan Petrov" in browser.text(".body")


def test_an_edge_of_the_network_leads_to_its_sentences(browser: Browser, newsroom_file: Path) -> None:
    browser.open(file_address(newsroom_file, "/network?country=DE&article=calls"))
    browser.tab_to(".graph [tabindex='0']")
    browser.press(Keys.END, Keys.ENTER)
    browser.until(lambda: browser.all(".pair blockquote"))
    assert "{Anna Weber|DE} called {Luis Ortega|ES}" in browser.text(".pair blockquote")


def test_where_reports_disagree_is_two_steps_away_with_the_sentence_of_each(
    browser: Browser, newsroom_file: Path
) -> None:
    browser.open(file_address(newsroom_file))
    browser.one("nav a[data-view=across]").click()
    browser.until_view("across")
    browser.one("select[name=disputed] option[value=yes]").click()
    browser.until(lambda: "disputed=yes" in browser.driver.current_url)
    browser.one(".article-item a").click()
    browser.until_view("told")
    claims = [row.text for row in browser.all(".claims tr.disputed")]
    assert claims == ["When 4 October 2022 Example News", "When\n5 October 2022 Other News"]
    assert len(browser.all(".group blockquote")) == 2
    browser.until(browser.badges_are_there)
    assert browser.text("main > .from .badge") == "✓ Proved"


def test_without_contacts_across_articles_the_page_is_left_out_and_says_so(
    browser: Browser, tmp_path: Path
) -> None:
    asyncio.run(report_without_across(tmp_path / "alone.html"))
    browser.open(file_address(tmp_path / "alone.html"))
    assert browser.all("nav a[data-view=across]") == []
    assert "The log has no consolidated contacts" in browser.text("footer")


async def report_without_across(out: Path) -> None:
    await report_of((await honest_ledger(5)).log, out)


def badge_of(browser: Browser, view: str) -> str:
    browser.go(view)
    browser.until(browser.badges_are_there)
    return browser.text(".card.contact .badge")


def test_badges_say_what_was_signed_and_what_not_yet(browser: Browser, newsroom_file: Path) -> None:
    browser.open(file_address(newsroom_file))
    assert badge_of(browser, "/article/calls") == "✓ Proved"
    assert badge_of(browser, "/article/late") == "○ Not signed yet"
    browser.go("/article/calls")
    browser.until(browser.badges_are_there)
    browser.one(".card.contact .badge").click()
    browser.until(lambda: browser.all(".steps"))
    steps = browser.text(".steps")
    assert "are the article's, to the letter" in steps
    assert "are those that the record points to" in steps
    root = re.search(r"Root computed here\n(\S+)\nRoot that was signed\n(\S+)", steps)
    assert root
    assert root[1] == root[2]


FORGERIES = {
    "a value": ('\\"mode\\":\\"call\\"', '\\"mode\\":\\"visit\\"'),
    "a header": ("readout.contact.logged.v1", "readout.contact.logged.v2"),
    "a time": ('"timestamp_type":1,', '"timestamp_type":0,'),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_the_badge_of_a_forged_record_is_red(
    browser: Browser, newsroom_file: Path, tmp_path: Path, forgery: str
) -> None:
    page, (true, false) = newsroom_file.read_text("utf-8"), FORGERIES[forgery]
    assert true in page
    forged = tmp_path / "forged.html"
    forged.write_text(page.replace(true, false), "utf-8")
    browser.open(file_address(forged))
    assert badge_of(browser, "/article/calls") == "✗ Not what was signed"
    assert "broken" in (browser.one(".card.contact .badge").get_attribute("class") or "")


def test_a_record_that_was_changed_in_the_log_is_red_and_the_others_are_not(
    browser: Browser, tmp_path: Path
) -> None:
    asyncio.run(report_of_a_changed_log(tmp_path / "changed.html"))
    browser.open(file_address(tmp_path / "changed.html"))
    assert badge_of(browser, "/article/visit") == "✗ Not what was signed"
    assert "No manifest lists this record" in browser.text(".card.contact")
    assert browser.text(".card.name .badge") == "✓ Proved"


async def report_of_a_changed_log(out: Path) -> None:
    log = await newsroom()
    for place, records in log.records.items():
        for index, one in enumerate(records):
            if (one.topic, one.key) == ("contact-log", b"visit"):
                log.edit(place, index, value=(one.value or b"").replace(b"planned", b"refused"))
    await report_of(log, out)


def test_where_the_browser_cannot_compute_the_badge_says_who_has(
    browser: Browser, newsroom_file: Path
) -> None:
    script = "Object.defineProperty(crypto, 'subtle', {value: undefined})"
    added = browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
    try:
        browser.open(file_address(newsroom_file))
        assert badge_of(browser, "/article/calls") == "◐ Checked by readout audit"
        badge = browser.one(".card.contact .badge")
        assert f"Checked by readout audit at {AT} (root and signature)" in (
            badge.get_attribute("title") or ""
        )
    finally:
        browser.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def test_other_words_than_the_article_has_are_named_in_the_proof(
    browser: Browser, newsroom_file: Path, tmp_path: Path
) -> None:
    page, forged = newsroom_file.read_text("utf-8"), tmp_path / "forged.html"
    forged.write_text(page.replace('["We agreed on grain",', '["We agreed on grapes",'), "utf-8")
    browser.open(file_address(forged, "/article/calls"))
    browser.until(browser.badges_are_there)
    browser.one(".card.contact .badge").click()
    browser.until(lambda: browser.all(".steps"))
    assert "ARE NOT THE ARTICLE'S" in browser.text(".steps")


def test_proofs_are_checked_against_the_key_that_somebody_gives(
    browser: Browser, newsroom_file: Path
) -> None:
    browser.open(file_address(newsroom_file, "/proof"))
    field = browser.one("textarea[name=key]")
    field.clear()
    field.send_keys("no key")
    browser.one(".key button").click()
    browser.until(lambda: "no public key" in browser.text(".key .problem"))
    field.clear()
    field.send_keys(new_key("somebody.else").public.line())
    browser.one(".key button").click()
    browser.until(lambda: "somebody.else" in (browser.one("textarea").get_attribute("value") or ""))
    assert badge_of(browser, "/article/calls") == "✗ Not what was signed"


def test_an_article_of_attacks_is_text_and_nothing_else(browser: Browser, newsroom_file: Path) -> None:
    browser.open(file_address(newsroom_file, "/articles"))
    attack = next(one for one in browser.all(".articles a") if one.text == ATTACKS[0])
    attack.click()
    browser.until(lambda: browser.all(".body mark"))
    shown = browser.run("return document.querySelector('.body').textContent")
    for text in (ATTACKS[0], ATTACKS[3], ATTACKS[5], "$window.attacked", "&lt;b&gt; &amp;"):
        assert text in shown
    assert "U+202E" in shown
    assert "U+001B" in shown
    for view in ("/contacts", "/statements", "/names", "/network", "/"):
        browser.go(view)
        assert browser.run("return window.attacked") is None
        assert (
            browser.run("return document.querySelectorAll('main img, main svg a, main script').length") == 0
        )
        addresses = browser.run("return [...document.links].map((one) => one.getAttribute('href'))")
        assert all(address.startswith("#") for address in addresses)
    assert browser.complaints() == []
    assert browser.left_the_page() == []


def test_all_views_are_reached_by_keyboard(browser: Browser, newsroom_file: Path) -> None:
    browser.open(file_address(newsroom_file))
    seen = []
    for view in ("contacts", "network", "statements", "names", "articles", "proof"):
        browser.run("document.querySelector('.skip').focus()")
        browser.tab_to(f"nav a[data-view={view}]")
        browser.press(Keys.ENTER)
        browser.until_view(view)
        seen.append(browser.text("h1"))
    assert seen == ["Contacts", "Network", "Statements", "Names", "Articles", "Proof"]
    browser.one("#find-words").send_keys("weber", Keys.ENTER)
    browser.until(lambda: browser.text("h1") == "Search: weber")
    browser.tab_to("main table a").send_keys(Keys.ENTER)
    browser.until(lambda: browser.text("h1") == "Anna Weber")
    browser.tab_to("main a.source").send_keys(Keys.ENTER)
    browser.until(lambda: browser.all(".body mark.lit"))


async def bare_report(out: Path) -> None:
    await report_of(await newsroom(), out, with_text=False)


def test_without_text_the_page_shows_records_and_proves_their_digests(
    browser: Browser, tmp_path: Path
) -> None:
    asyncio.run(bare_report(tmp_path / "bare.html"))
    browser.open(file_address(tmp_path / "bare.html"))
    assert badge_of(browser, "/article/calls") == "✓ Proved"
    assert "left out" in browser.text(".text")
    assert browser.complaints() == []


def test_a_list_is_handed_out_as_a_table(browser: Browser, newsroom_file: Path, tmp_path: Path) -> None:
    browser.driver.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)}
    )
    browser.open(file_address(newsroom_file, "/contacts?article=calls"))
    browser.one(".exports button").click()
    table = tmp_path / "contacts.csv"
    browser.until(table.exists)
    head, row = table.read_text("utf-8").splitlines()
    assert head.startswith("id,date,precision,mode,status,participants")
    assert "2022-10-04,day,call,held,Anna Weber (DE); Luis Ortega (ES)" in row
