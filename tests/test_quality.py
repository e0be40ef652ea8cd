# ruff: noqa: E501 - markup in a line is easier to compare than markup in pieces
"""What is no front page is named, in several languages, and never read as one."""

import pytest

from scraper import Quality, read_front_page

LINKS = "".join(f"<li><a href='/help/{number}'>Help</a></li>" for number in range(4))
CONSENT = {
    "en": ("Your privacy", "We and our partners use cookies. Choose your cookie settings.", "Accept all"),
    "de": ("Datenschutz", "Wir brauchen Ihre Einwilligung für Cookies.", "Alle akzeptieren"),
    "fr": ("Vos choix", "Nous utilisons des cookies avec votre consentement.", "Tout accepter"),
    "es": ("Su privacidad", "Usamos cookies con su consentimiento.", "Aceptar y continuar"),
    "it": ("La tua privacy", "Usiamo cookie con il tuo consenso.", "Accetta tutto"),
    "nl": ("Uw privacy", "Wij vragen toestemming voor cookies.", "Akkoord"),
    "ru": ("Файлы cookie", "Нам нужно ваше согласие на файлы cookie.", "Принять все"),
    "zh": ("隐私", "我们使用Cookie，需要您的同意。", "接受全部"),
    "hu": ("Adatvédelem", "Weboldalunk sütiket használ, ehhez hozzájárulását kérjük.", "Elfogadom"),
    "el": ("Απόρρητο", "Χρειαζόμαστε τη συγκατάθεσή σας για το απόρρητο των δεδομένων.", "Συμφωνώ"),
    "tr": ("Gizlilik", "Çerezleri kullanıyoruz. Çerez ayarlarınızı seçin.", "Tümünü kabul et"),
    "ko": ("개인정보", "이 사이트는 쿠키를 사용합니다.", "모두 동의"),
}
CHALLENGES = (
    "<title>Just a moment...</title><h2>Checking your browser before accessing courier.example</h2>",
    "<title>Access to this page has been denied</title><p>Please verify you are a human</p>",
    "<title>courier.example</title><p>Bitte bestätigen Sie: Sind Sie ein Mensch?</p>",
    "<title>courier.example</title><p>Confirmez que vous n'êtes pas un robot</p>",
    "<title>courier.example</title><p>Подтвердите, что вы не робот</p>",
    "<title>courier.example</title><p>请完成安全验证</p>",
    "<title></title><body><script src='/cdn-cgi/challenge-platform/h/b/orchestrate'></script></body>",
)
ERRORS = (
    "<title>404 Not Found</title><h1>Page not found</h1>",
    "<title>The Harbour Courier</title><h1>Something went wrong</h1><p>Try again later.</p>",
    "<title>Fehler 404</title><h1>Seite nicht gefunden</h1>",
    "<title>Page introuvable</title><h1>Erreur 404</h1>",
    "<title>503 Service Unavailable</title><p>The server is temporarily unavailable.</p>",
    "<title>Gávea</title><h1>Página não encontrada</h1>",
    "<title>Гавань</title><h1>Страница не найдена</h1>",
    "<title>港口</title><h1>页面不存在</h1>",
)
SHELLS = (
    "<title>The Harbour Courier</title><div id='root'></div><script src='/main.js'></script>",
    "<title>Der Deichbote</title><div id='app'></div><noscript>Bitte JavaScript "
    "aktivieren</noscript><script>start()</script>",
)


def check(body: str, quality: Quality) -> None:
    page = read_front_page(f"<!doctype html><html>{body}</html>", "https://courier.example/")
    assert page.quality is quality, (page.quality, page.problem)
    assert page.problem
    assert page.lead is None
    assert page.teasers == ()


@pytest.mark.parametrize("language", sorted(CONSENT))
def test_a_consent_wall_is_named(language: str) -> None:
    """It asks for consent, offers to accept, and has no stories."""
    title, text, button = CONSENT[language]
    check(f"<title>{title}</title><h1>{title}</h1><p>{text}</p><button>{button}</button>{LINKS}", Quality.CONSENT_WALL)


@pytest.mark.parametrize("body", CHALLENGES)
def test_a_bot_challenge_is_named(body: str) -> None:
    """By what it says, or by the check that it loads."""
    check(body, Quality.CHALLENGE)


@pytest.mark.parametrize("body", ERRORS)
def test_an_error_page_in_a_200_is_named(body: str) -> None:
    """Its title or heading says so, whatever the status said."""
    check(body + LINKS, Quality.ERROR_PAGE)


@pytest.mark.parametrize("body", SHELLS)
def test_an_empty_shell_is_named(body: str) -> None:
    """A page that only a script could fill."""
    check(body, Quality.SHELL)


def test_a_list_of_search_results_is_no_front_page() -> None:
    """By its title or its address."""
    more = "".join(
        f"<h3><a href='/news/2026/story-number-{n}-of-the-day'>Another story of the day {n}</a></h3>" for n in range(9)
    )
    check(f"<title>Search results for river</title>{more}", Quality.NOT_A_FRONT_PAGE)
    page = read_front_page(f"<title>Courier</title>{more}", "https://courier.example/search?q=river")
    assert page.quality is Quality.NOT_A_FRONT_PAGE


def test_a_page_without_stories_says_so() -> None:
    """Text and links, but none that looks like a story."""
    check(f"<title>Courier</title><p>{'Welcome to our site. ' * 40}</p>{LINKS}", Quality.NO_STORIES)


def test_nothing_is_no_front_page() -> None:
    """Empty bytes have a reading too."""
    for body in (b"", b"   \n", "\N{NO-BREAK SPACE}".encode()):
        assert read_front_page(body).quality is Quality.NO_STORIES


def test_a_front_page_with_a_cookie_bar_is_a_front_page() -> None:
    """A banner over the stories hides none of them."""
    stories = "".join(
        f"<article><h2><a href='/news/2026/11/24/story-number-{n}-of-the-day'>The story number {n} of the day</a></h2></article>"
        for n in range(15)
    )
    page = read_front_page(
        f"<div>We use cookies. <button>Accept all cookies</button></div>{stories}", "https://courier.example/"
    )
    assert page.quality is Quality.OK
    assert page.problem == ""
    assert len(page.stories) == 15


STORIES = "".join(
    f"<h3><a href='/news/2026/story-number-{n}-of-the-day'>Another story of the day {n}</a></h3>" for n in range(15)
)


@pytest.mark.parametrize(
    "page",
    [
        "<title>The Courier</title><h1>Results for flood walls</h1><input name='q' value='flood walls'>",
        "<title>Výsledky hledání: obchvat</title><h1>Výsledky hledání</h1><input type='search' value='obchvat'>",
        "<title>「新幹線」の検索結果 - 新報</title><h1>「新幹線」の検索結果</h1>",
        "<title>Haku: koulu - Sanomat</title><h1>Hakutulokset haulle koulu</h1>",
        "<title>The Courier</title><body class='search-results'>",
    ],
)
def test_search_results_are_told_in_many_ways(page: str) -> None:
    """By the question in the form and the heading, by the title in any language, by the classes of the body."""
    check(page + STORIES, Quality.NOT_A_FRONT_PAGE)


@pytest.mark.parametrize(
    "head",
    [
        "<title>Inondations</title><link rel='canonical' href='/tag/inondations/3/'>",
        "<title>Ada Ferry</title><link rel='canonical' href='https://courier.example/author/ada-ferry'>",
        "<title>Ada Ferry, Author at Courier</title><meta property='og:type' content='profile'>",
    ],
)
def test_the_stories_of_a_topic_or_a_writer_are_no_front_page(head: str) -> None:
    page = read_front_page(f"{head}<body>{STORIES}", "https://courier.example/")
    assert page.quality is Quality.NOT_A_FRONT_PAGE
    assert not page.stories
    own = read_front_page("<link rel='canonical' href='/tag/front/'>" + STORIES, "https://courier.example/tag/front/")
    assert own.quality is Quality.OK


@pytest.mark.parametrize(
    "page",
    [
        "<title>Search results rigged, says watchdog | Courier</title><h1><a href='/news/2026/search-results-rigged-says-"
        "watchdog'>Search results rigged, says watchdog</a></h1><input name='q' value=''>",
        "<title>The Courier</title><h1>The Courier</h1><input type='search' value='Search the Courier'>",
        "<title>The Courier</title><h2>Results for all towns</h2>",
        "<title>Der Kurier</title><input name='q' value='Suche'><h2><a href='/2026/suche-nach-flug-mh-370'>"
        "Suche nach Flug MH 370 geht weiter</a></h2>",
    ],
)
def test_a_front_page_about_search_results_is_one(page: str) -> None:
    """A lead about them, a form with a prompt in it, election results."""
    assert read_front_page(page + STORIES, "https://courier.example/").quality is Quality.OK


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n4 0 obj\n<</Linearized 1/L 48211>>\nendobj\n\nxref of it. And more text.",
            "PDF",
        ),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\n\nSome text that was in it. Yes.", "binary data"),
        (b'{"status": "ok",\n\n"articles": [{"title": "The river rose in the night."}]}', "JSON"),
        (
            b"# robots.txt of the Courier\n\nUser-agent: *\nDisallow: /private/\n\nSitemap: https://x.example/s.xml",
            "robots",
        ),
        (b"<?xml version='1.0'?>\n<urlset><url><loc>https://x.example/news/1</loc></url>\n\n</urlset>", "XML"),
        (b"body { margin: 0 }\n\n.lead { float: left; }", "code"),
        (b"window.ready = true;\n\nfunction start() { return 1 }", "code"),
    ],
)
def test_what_is_no_text_for_readers_is_no_front_page(body: bytes, reason: str) -> None:
    """It has no markup, but is no plain text edition either."""
    page = read_front_page(body, "https://courier.example/")
    assert page.quality is Quality.NOT_A_FRONT_PAGE
    assert reason in page.problem


@pytest.mark.parametrize(
    ("text", "quality"),
    [
        ("Internal Server Error\n\nThe server encountered an internal error and could not go on.", Quality.ERROR_PAGE),
        ("upstream connect error or disconnect\n\nreset reason: overflow", Quality.ERROR_PAGE),
        ("Access Denied\n\nYou don't have permission to see this page.", Quality.CHALLENGE),
        ("Just a moment...\n\nChecking your browser before you go on.", Quality.CHALLENGE),
        ("The Courier\n\nYou need to enable JavaScript to run this app.", Quality.SHELL),
        (
            f"Access denied to aid convoy\n\n{'The river rose in the night and nobody could cross it. ' * 40}",
            Quality.OK,
        ),
    ],
)
def test_a_servers_short_word_is_no_plain_text_edition(text: str, quality: Quality) -> None:
    """Gateways answer so without any markup."""
    assert read_front_page(text, "https://courier.example/", content_type="text/plain").quality is quality


@pytest.mark.parametrize(
    ("body", "quality"),
    [
        ("<title>Nie ma takiej strony</title><h1>Przepraszamy</h1>", Quality.ERROR_PAGE),
        ("<title>Noget gik galt | Avis</title>", Quality.ERROR_PAGE),
        ("<title>Diario</title><body class='error404'>", Quality.ERROR_PAGE),
        ("<title>The Wire - Choose your edition</title>", Quality.NOT_A_FRONT_PAGE),
        ("<title>Register</title><h1>Register for free to continue reading</h1>", Quality.NOT_A_FRONT_PAGE),
    ],
)
def test_teasers_below_do_not_make_it_a_front_page(body: str, quality: Quality) -> None:
    """Error pages and gates print what is most read, too."""
    check(body + "".join(STORIES.split("</h3>")[n] + "</h3>" for n in range(7)), quality)


@pytest.mark.parametrize(
    "body",
    [
        "<title>Diario</title><body class='error404'>",
        "<title>404 - Page not found | The Courier</title><h1>404</h1><h2>Page not found</h2>",
    ],
)
def test_many_teasers_below_an_error_do_not_make_it_a_front_page(body: str) -> None:
    """Where it is certain."""
    check(body + STORIES + STORIES.replace("/2026/", "/2025/"), Quality.ERROR_PAGE)


@pytest.mark.parametrize("headline", [
    "Fire forces 500 people from their homes", "Missing hiker still not found after the third day",
    "Register to continue the fight, unions say", "Access denied to aid convoy at the border",
])  # fmt: skip
@pytest.mark.parametrize("card", [
    "<a href='{0}'><div class='card'><div><h2>{1}</h2></div></div></a>",
    "<div class='card'><h2>{1}</h2><a class='overlay' href='{0}'></a></div>",
])  # fmt: skip
def test_headlines_of_a_small_paper_say_nothing_of_the_page(headline: str, card: str) -> None:
    """However its cards are linked."""
    rest = ("The harbour bridge stays closed for a week", "Council votes on the new school by the river",
            "Ferry fares to rise again in the spring", "Two hundred jobs to go at the old cannery",
            "Northern line reopens after the storm")  # fmt: skip
    cards = "".join(card.format(f"/news/2026/story-{n}-of-the-day", text) for n, text in enumerate((headline, *rest)))
    page = read_front_page(f"<title>The Courier</title><main>{cards}</main>", "https://courier.example/")
    assert (page.quality, len(page.stories)) == (Quality.OK, 6)


def test_a_page_that_sends_its_readers_on_is_none() -> None:
    """However its link is worded; one that reloads itself stays."""
    link = "<h1>Moved</h1><a href='/start/'>Click here if you are not redirected automatically by your browser</a>"
    check(f"<meta http-equiv='Refresh' content=\"0; url='/start/'\">{link}", Quality.NOT_A_FRONT_PAGE)
    reloads = f"<meta http-equiv='refresh' content='60;url=https://courier.example/'>{link}"
    assert "sends" not in read_front_page(reloads, "https://courier.example/").problem


def test_one_link_alone_leads_on() -> None:
    check(f"<h1>Get our app</h1><a href='/m'>No thanks, continue to the mobile site</a>{LINKS}", Quality.NO_STORIES)


def test_a_headline_that_sounds_like_an_error_is_a_headline() -> None:
    """Of a small paper: the link to its story tells."""
    lead = (
        "<h1><a href='/news/2026/the-old-bridge-under-construction'>The old bridge is under construction again</a></h1>"
    )
    page = f"<title>The Courier</title>{lead}" + "".join(f"{part}</h3>" for part in STORIES.split("</h3>")[:6])
    assert read_front_page(page, "https://courier.example/").quality is Quality.OK


@pytest.mark.parametrize(
    "title",
    [
        "Page not found | The Courier", "Seite nicht gefunden – Bote", "Page introuvable - Le Journal",
        "Página no encontrada | Diario", "Страница не найдена — Заволжье", "Oops! That page can’t be found. - Courier",
    ],
)  # fmt: skip
def test_an_error_page_with_the_most_read_is_none_the_less_one(title: str) -> None:
    """Whatever it says before the paper's name, in its title and in its heading."""
    check(f"<title>{title}</title><h1>{title}</h1>{STORIES}", Quality.ERROR_PAGE)


def test_a_paper_that_reports_of_an_error_is_a_front_page() -> None:
    """The title of its page says so, and no heading but a headline."""
    page = read_front_page(f"<title>Ferry not found after storm | Courier</title>{STORIES}", "https://courier.example/")
    assert page.quality is Quality.OK


def test_a_heading_that_is_classed_as_an_error_is_one() -> None:
    """As themes of WordPress do it, whatever language the page is in."""
    check(
        f"<title>Curierul</title><section class='error-404'><header><h1>Hopa</h1></header></section>{STORIES}",
        Quality.ERROR_PAGE,
    )


BARE = "".join(
    f"<p><a href='/account/{n}/forgotten-your-password'>Have you forgotten your password {n}?</a></p>" for n in range(3)
)


def test_a_few_links_alone_lead_on() -> None:
    """In no heading and without a picture they are no stories: a page that will be back soon, or asks who one is."""
    check(f"<title>Courier</title><h1>Your account</h1>{BARE}", Quality.NO_STORIES)
    form = "<form><input type='email'><input type='password'></form>"
    check(f"<title>Courier</title><h1>Your account</h1>{form}{BARE}", Quality.NOT_A_FRONT_PAGE)


@pytest.mark.parametrize(
    "head",
    [
        "<body class='archive author author-ada'>", "<body class='archive date'>", "<body class='archive tax-topic'>",
        "<body class='path-taxonomy'>", "<link rel='canonical' href='/2026/11/'>", "<link rel='canonical' href='/page/3/'>",
        "<link rel='canonical' href='/topic/harbour'>", "<link rel='canonical' href='/search/label/ferry'>",
    ],
)  # fmt: skip
def test_what_answers_for_a_whole_site_with_some_of_its_stories_is_no_front_page(head: str) -> None:
    """The stories of a writer, a month, a topic; who watches that page itself gets it."""
    check(f"<title>Courier</title>{head}{STORIES}", Quality.NOT_A_FRONT_PAGE)
    page = read_front_page(f"<title>Courier</title>{head}{STORIES}", "https://courier.example/2026/11/")
    assert page.quality is Quality.OK


def test_the_front_page_of_a_blog_is_one() -> None:
    """WordPress classes the front page of some sites as an archive, too."""
    body = f"<title>Courier</title><body class='home blog archive date'>{STORIES}"
    assert read_front_page(body, "https://courier.example/").quality is Quality.OK


@pytest.mark.parametrize(
    "heading",
    [
        "500,000 without power", "500.000 ohne Strom", "Police offer reward of $500, family says",
        "€ 500: what the new rule costs", "Code 500 closes the court", "500-year flood reaches the upper town",
        "500% more for a loaf of bread",
    ],
)  # fmt: skip
def test_a_number_that_counts_something_is_no_error(heading: str) -> None:
    page = read_front_page(f"<title>The Courier</title><h1>{heading}</h1>{FEW}", "https://courier.example/")
    assert page.quality is Quality.OK, page.problem


@pytest.mark.parametrize("title", ["Oops 404", "The Courier 503", "404-Fehler", "Error code: 500", "Fehlercode 500"])
def test_a_title_that_ends_with_an_errors_number_is_one(title: str) -> None:
    page = read_front_page(f"<title>{title}</title><h1>Nothing here</h1>{FEW}", "https://courier.example/")
    assert page.quality is Quality.ERROR_PAGE


FEW = "".join(
    f"<h3><a href='/news/2026/story-number-{n}-of-the-day'>Another story of the day {n}</a></h3>" for n in range(8)
)
