"""Whether a page lists what was searched for, or the stories of a topic or a writer, by what it says of itself."""

import re
from typing import Final

from scraper.document import Document
from scraper.text import tidy
from scraper.urls import absolute, canonical

PATH: Final = re.compile(
    r"/(?:search|suche|recherche|buscar|busca|cerca|ricerca|zoeken|poisk)(?:[/.?]|$)|[?&](?:q|query|s|search)=[^&]",
    re.IGNORECASE,
)
SAYS: Final = re.compile(
    r"search results|results for|suchergebnis|(?:ihre )?suche(?: nach|:)|"
    r"résultats (?:de|pour)|resultados (?:d[ea]|para)|"
    r"busca(?:dor)?\b|risultati (?:della|per)|zoekresulta|výsledky (?:hledání|vyhledávání)|"
    r"wyniki wyszukiwania|haku(?:tulo|:)|"
    r"sökresultat|søkeresultat|søgeresultat|keresési|rezultate|arama sonuç|αποτελέσματα|результаты поиска|"
    r"результати пошуку|"
    r"hasil pencarian|kết quả tìm|搜索结果|.{0,60}の検索結果|검색 ?결과|نتائج البحث|תוצאות חיפוש",
    re.IGNORECASE,
)
LISTS: Final = re.compile(r"/(?:tags?|categor(?:y|ia|ie)|kategorie|authors?|autor(?:en)?|auteurs?)/[^/]", re.IGNORECASE)
# Of a paper's front page, the same by the months, the pages and the topics of its stories.
PARTS: Final = re.compile(
    r"/(?:19|20)\d\d(?:/\d\d?)*/?$|/page/\d+/?$|/search/label/|"
    r"/(?:topics?|schlagwort|etiquetas?|mot-cle|tagi|stitky)/[^/]+/?$",
    re.IGNORECASE,
)
ARCHIVED: Final = frozenset({"author", "category", "date", "tag"})  # with "archive": WordPress' body_class()
TAXONOMY: Final = frozenset({"path-taxonomy", "page-taxonomy-term"})  # Drupal
CLASSES: Final = frozenset({"search-results", "search-no-results", "page-search", "path-search"})  # WordPress, Drupal
FIELD: Final = "input[value]:not([type]), input[value][type='search' i], input[value][type='text' i]"
SHORTEST: Final = 2  # characters of a question


def is_root(own: str) -> bool:
    """Whether a canonical address is that of a whole site."""
    return own != "" and own.removeprefix("https://").partition("/")[2] == ""


def part_reason(document: Document, stated: str) -> str:
    """Why what answers for a whole site is a list of some of its stories."""
    if stated != document.own and (found := PARTS.search(stated)):
        return f"it is a list of some stories: the address that it gives for itself holds {found[0].rstrip('/')}"
    of_some = ARCHIVED & document.classes or any(name.startswith("tax-") for name in document.classes)
    if "archive" in document.classes and of_some and "home" not in document.classes:
        return "it is a list of some stories: its body is classed as an archive"
    if TAXONOMY & document.classes:
        return "it is a list of some stories: its body is classed as a topic's"
    return ""


def search_reason(document: Document) -> str:
    """Why a page is a list of search results, or of a topic or a writer, "" where nothing says so."""
    return list_reason(document) or results_reason(document)


def list_reason(document: Document) -> str:
    """Why a page is a list of some stories of a paper."""
    if document.meta("og:type").lower() == "profile":
        return "it is the page of one person: it calls itself a profile"
    stated = canonical(absolute(document.stated, document.base)) if document.stated else ""
    if stated != document.known and (found := LISTS.search(stated)):
        return f"it is a list of some stories: the address that it gives for itself holds {found[0][:-1]}"
    return part_reason(document, stated) if is_root(document.own) else ""


def results_reason(document: Document) -> str:
    """Why a page is a list of search results."""
    if document.url and PATH.search(document.url):
        return "it is a list of search results: its address says so"
    if document.classes & CLASSES:
        return "it is a list of search results: its body is classed so"
    if not SAYS.match(document.title) and not any(map(SAYS.match, document.headings)):
        return ""
    # A headline about search results is a link; the heading of a list of them is none.
    unlinked = [tidy(node.text()) for node in document.unlinked_headings]
    if not any(map(SAYS.match, (document.title, *unlinked))):
        return ""
    # "Suche" in a field is what the field is called.
    told = " ".join(SAYS.sub("", text, count=1) for text in (document.title, *unlinked)).casefold()
    for field in document.parser.css(FIELD):
        asked = tidy(field.attributes.get("value") or "")
        if len(asked) >= SHORTEST and asked.casefold() in told:
            return f"it is a list of search results for “{asked[:60]}”"
    if SAYS.match(document.title) and {text for text in document.headings if SAYS.match(text)} <= {*unlinked}:
        return "it is a list of search results: its title says so"
    return ""
