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
