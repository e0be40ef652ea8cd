"""What a page is that is no front page: a consent wall, a bot challenge, an error in a 200, an empty shell, an article.

Decided before any role is given, from the title, the headings, the visible text and how many stories there are.
"""

import re
from typing import Final

from scraper.articles import article_reason
from scraper.document import Document
from scraper.model import Quality
from scraper.text import LETTER, tidy

# A page with so many stories is a front page whatever stands over it; the labelled ones have 6 to 445. Walls,
# challenges and error pages link a handful of pages of help at most.
MANY_STORIES: Final = 12
FEW_STORIES: Final = 5
SHELL_LETTERS: Final = 400  # visible letters of a page that a script is to fill; the barest labelled page has 2,565
SAMPLE: Final = 6_000  # characters of visible text that are looked at

CHALLENGE: Final = re.compile(
    r"just a moment|attention required|checking (?:if the site connection|your browser)|"
    r"verify(?:ing)? (?:that )?you(?:'|’)?(?: are|re) (?:a |not )?(?:human|a robot)|"
    r"are you a (?:human|robot)|i(?:'|’)?m not a robot|unusual (?:traffic|activity)|"
    r"access (?:to this page )?(?:has been )?(?:denied|blocked)|security check|"
    r"ddos protection|bot detection|captcha|enable javascript and cookies to continue|request unsuccessful|"
    r"sind sie ein (?:mensch|roboter)|kein roboter|sicherheits(?:ü|ue)berpr(?:ü|ue)fung|ungew(?:ö|"
    r"oe)hnliche (?:zugriffe|aktivit)|"
    r"êtes-vous un (?:humain|robot)|n'êtes pas un robot|vérification de sécurité|eres (?:un )?(?:humano|"
    r"robot)|no eres un robot|verificación de seguridad|"
    r"não é um rob|sei un (?:umano|robot)|non sei un robot|bent u een (?:mens|robot)|не робот|"
    r"проверка (?:браузера|безопасности)|验证您是|人机验证|安全验证|ロボットではありません",
    re.IGNORECASE,
)
CHALLENGE_MARKS: Final = (
    "challenge-platform", "cf-chl", "cf_chl", "captcha-delivery", "px-captcha", "_incapsula_",
    "g-recaptcha", "hcaptcha.com",
    "/_sec/cp_challenge", "awswafcookiedomainlist", "ddos-guard",
)  # fmt: skip
CONSENT: Final = re.compile(
    r"cookie|consent|gdpr|your privacy|privacy (?:choices|settings)|datenschutz|einwilligung|zustimm|privatsph|"
    r"confidentialité|consentement|traceurs|privacidad|consentimiento|consenso|informativa|privacidade|consentimento|"
    r"toestemming|privacyinstelling|samtyck|samtykke|evästee|zgod|prywatno|souhlas|согласи|конфиденциальност|同意|隐私|プライバシー|موافق|الخصوصية",
    re.IGNORECASE,
)
ACCEPT: Final = re.compile(
    r"accept|agree|allow all|reject|manage (?:options|preferences|settings)|akzeptier|zustimmen|ablehnen|"
    r"einverstanden|werbefrei|"
    r"accepter|refuser|j'accepte|aceptar|rechazar|accetta|rifiuta|aceitar|rejeitar|akkoord|accepteren|weiger|godkänn|godta|hyväksy|"
    r"akceptuj|přijmout|souhlasím|принять|соглас|接受|同意する|同意|أوافق|قبول",
    re.IGNORECASE,
)
ERROR: Final = re.compile(
    r"\b(?:404|403|410|500|502|503|504)\b|not found|page (?:can(?:no|')t|could not) be found|"
    r"no longer (?:available|exists)|"
    r"(?:internal )?server error|bad gateway|service unavailable|temporarily unavailable|"
    r"gateway time-?out|something went wrong|forbidden|"
    r"under maintenance|scheduled maintenance|error establishing a database|site (?:is )?(?:offline|down)|"
    r"nicht gefunden|seite existiert nicht|fehler aufgetreten|wartungsarbeiten|nicht (?:verf(?:ü|ue)gbar|erreichbar)|"
    r"introuvable|page n'existe|erreur|indisponible|en maintenance|no encontrad|no existe|"
    r"error del servidor|en mantenimiento|no disponible|"
    r"non trovata|non esiste|errore|in manutenzione|não encontrad|não existe|erro interno|em manutenção|"
    r"niet gevonden|bestaat niet|onderhoud|"
    r"hittades inte|ikke fundet|ikke funnet|nie znaleziono|nenalezena|не найден|ошибка|технические работы|недоступ|"
    r"页面不存在|找不到|无法找到|服务器错误|ページが見つかりません|غير موجودة|خطأ",
    re.IGNORECASE,
)
SEARCH_TITLE: Final = re.compile(
    r"search results|results for|suchergebnis|suche nach|résultats (?:de|pour)|resultados (?:de|para)|"
    r"risultati (?:della|per)|zoekresulta|результаты поиска|搜索结果",
    re.IGNORECASE,
)
SEARCH_PATH: Final = re.compile(
    r"/(?:search|suche|recherche|buscar|busca|cerca|ricerca|zoeken|poisk)(?:[/.?]|$)|[?&](?:q|query|s|search)=[^&]",
    re.IGNORECASE,
)
SCRIPTED: Final = re.compile(
    r"enable javascript|javascript (?:is )?(?:required|disabled)|need to enable|turn on javascript|"
    r"javascript (?:aktivieren|einschalten)|"
    r"activ(?:er|ez) javascript|activa(?:r)? javascript|abilita(?:re)? javascript|ative o javascript|"
    r"включите javascript|启用 ?javascript",
    re.IGNORECASE,
)


class Seen:
    """What of a page speaks for its quality."""

    def __init__(self, document: Document, text: str, stories: int) -> None:
        self.document = document
        self.stories = stories
        self.source = text

    @property
    def heads(self) -> str:
        """The title and the first headings."""
        return " · ".join([self.document.title, *headings(self.document)])

    @property
    def visible(self) -> str:
        """The beginning of the visible text."""
        body = self.document.parser.body
        if body is None:
            return ""
        parts: list[str] = []
        size = 0
        for node in body.traverse(include_text=True):
            if not node.is_text_node or not (text := node.text_content) or text.isspace():
                continue
            parent = node.parent
            if parent is None or parent.tag in ("script", "style", "template", "noscript"):
                continue
            parts.append(text)
            size += len(text)
            if size > SAMPLE:
                break
        return tidy(" ".join(parts))


def headings(document: Document) -> list[str]:
    return [tidy(node.text())[:200] for node in document.parser.css("h1, h2")[:4]]


def quality_of(document: Document, text: str, stories: int) -> tuple[Quality, str]:
    """The quality of a page and, unless it is ok, the reason in words."""
    seen = Seen(document, text, stories)
    if reason := other_page(seen):
        return Quality.NOT_A_FRONT_PAGE, reason
    if stories >= MANY_STORIES:
        return Quality.OK, ""
    if found := ERROR.search(seen.heads):
        return Quality.ERROR_PAGE, f"its title or heading says “{found[0]}”"
    if stories >= FEW_STORIES:
        return Quality.OK, ""
    return sparse_page(seen)


def sparse_page(seen: Seen) -> tuple[Quality, str]:
    """The quality of a page with hardly any story."""
    visible = seen.visible
    letters = len(LETTER.findall(visible))
    source = seen.source[:200_000].lower()
    if found := CHALLENGE.search(seen.heads) or (CHALLENGE.search(visible) if letters < SAMPLE / 3 else None):
        return Quality.CHALLENGE, f"it says “{found[0]}”"
    mark = next((mark for mark in CHALLENGE_MARKS if mark in source), "")
    if mark and letters < SHELL_LETTERS * 3:
        return Quality.CHALLENGE, f"it loads a bot check ({mark})"
    consents = len(CONSENT.findall(visible))
    if consents >= 2 and (found := ACCEPT.search(visible)):
        return (
            Quality.CONSENT_WALL,
            f"it asks for consent {consents} times (“{found[0]}”) and prints {told(seen.stories)}",
        )
    if (found := ERROR.search(visible)) and letters < SHELL_LETTERS * 2:
        return Quality.ERROR_PAGE, f"it says “{found[0]}” and prints {told(seen.stories)}"
    if seen.stories == 0 and "<script" in source and (letters < SHELL_LETTERS or SCRIPTED.search(source)):
        return Quality.SHELL, f"it prints {letters} letters and leaves the rest to scripts"
    if seen.stories == 0:
        return Quality.NO_STORIES, "none of its links looks like a story" if letters else "it prints nothing"
    return Quality.OK, ""


def told(stories: int) -> str:
    return "no story" if stories == 0 else "one story" if stories == 1 else f"{stories} stories"


def other_page(seen: Seen) -> str:
    """Why a page is an article or a list of search results, "" if it is neither."""
    document = seen.document
    if SEARCH_TITLE.search(document.title) or (document.url and SEARCH_PATH.search(document.url)):
        return "it is a list of search results"
    return article_reason(document)
