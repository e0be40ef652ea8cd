"""The words that editors and developers of any country give to the parts of a front page, as bits.

They are matched against the words in `class` and `id` ("c-teaser__headLine2" has c, teaser, head, line, headline).
What a bit is worth is not said here: the fitted weights say it.
"""

import re
from enum import IntFlag, auto
from functools import lru_cache
from typing import Final

from scraper.memo import Memo


class Word(IntFlag):
    """What the names around a link say that it is."""

    NAV = auto()
    FOOTER = auto()
    HEADER = auto()
    ASIDE = auto()
    POPULAR = auto()
    LEAD = auto()
    TOP = auto()
    FEATURE = auto()
    BIG = auto()
    SMALL = auto()
    MAIN = auto()
    FIRST = auto()
    TICKER = auto()
    PROMO = auto()
    SERVICE = auto()
    VIDEO = auto()
    GALLERY = auto()
    AUDIO = auto()
    OPINION = auto()
    LIVE = auto()
    RELATED = auto()
    SOCIAL = auto()
    COMMENTS = auto()
    HIDDEN = auto()
    CAROUSEL = auto()
    CLONE = auto()
    CARD = auto()
    LIST = auto()
    TAG = auto()
    HEADLINE = auto()
    KICKER = auto()
    SUMMARY = auto()
    BYLINE = auto()
    TIME = auto()
    IMAGE = auto()
    CAPTION = auto()
    MORE = auto()
    SECTION = auto()
    TEXT = auto()


NAMES: Final[dict[Word, str]] = {
    Word.NAV: (
        "nav navi navigation navbar menu menus submenu megamenu dropdown breadcrumb breadcrumbs toolbar sitemap "
        "navigatie subnav topnav mainnav globalnav menubar channels hauptnavigation hauptmenu navigasyon navigace "
        "navigacija navegacao navegacion navigazione meny menyu valikko"
    ),
    Word.FOOTER: (
        "footer contentinfo foot fuss pie rodape colophon footerlinks sitefooter globalfooter copyright legal "
        "footern piede piepagina alatunniste sidfot bunntekst sidefod paticka stopka lablec podnozje"
    ),
    Word.HEADER: "header masthead topbar kopf cabecera cabecalho banner siteheader pageheader globalheader logo",
    Word.ASIDE: (
        "aside sidebar rail rightcol rightcolumn right side secondary tertiary rightrail marginal lateral "
        "complementary sidecol rhs sidpanel sidopanel sivupalkki seitenleiste seitenspalte barralateral "
        "colunadireita columnaderecha rightbar"
    ),
    Word.POPULAR: (
        "popular mostread mostpopular most trending viewed mostviewed meistgelesen gelesen leidos letti lus lidas "
        "ranking shared emailed mostshared mostemailed topten trends tendencias buzz populares popularne popularno "
        "populyarnoe najpopularniejsze najczytaniejsze nejctenejsi najcitanejsie najcitanije cokokunan encokokunan "
        "terpopuler xemnhieu docnhieu mestlest mestlast luetuimmat legolvasottabb olvasott pluslus plusvus masleido "
        "masleidas masvisto maslidas maislidas maisvistas piuletti piulette topread bestread meistgeklickt "
        "lesenswert"
    ),
    Word.LEAD: (
        "lead leading leadstory hero splash aufmacher une apertura manchete opener topstory toutiao lede cover "
        "leadarticle mainstory mainarticle mainnews topnews portada superlead centerpiece marquee coverstory "
        "bigstory topthema leader headlinenews titelstory openingstory vedette hauptartikel topmeldung leitartikel "
        "uneprincipale capa abertura hovedsak toppsak toppnyhet huvudnyhet toppnyheter paauutinen manset glavnoe "
        "glavnaya glavna udarna udarni otvirak hlavni hlavna glowna glowny czolowka vezeto cimlap utama beritautama "
        "headnews splashstory mainfeature leaditem leadnews leadteaser mainteaser heroarticle herostory "
        "openingsartikel hoofdartikel noibat tieudiem"
    ),
    Word.TOP: (
        "top topstories tops t1 highlights highlight destaque destaques destacado principal prima focus topteaser "
        "upper above yaowen jujiao fokus enfoque enfocus alaune principales principali destacada destacadas "
        "destacados kiemelt istaknuto"
    ),
    Word.FEATURE: (
        "feature featured features spotlight special showcase promoted pick picks reportage reportaje dossier "
        "speciale especial especiales schwerpunkt izdvajamo onecikan vitrin"
    ),
    Word.BIG: (
        "big bigger biggest large larger xl xxl xlarge full fullwidth wide huge grande gross jumbo mega giant max "
        "enhanced velka velky veliki nagy stor stora bolshoy buyuk besar groot grosse grosser xxxl xxlarge xxxlarge"
    ),
    Word.SMALL: (
        "small smaller mini tiny xs sm compact thumb thumbnail short brief briefs kurz minor klein kleine petit "
        "petite petits pequeno pequena piccolo piccola liten lille male maly kucuk kecil"
    ),
    Word.MAIN: (
        "main primary content center centre maincontent maincol central hauptinhalt inhalt contenido contenu middle "
        "page stage hauptspalte mitte milieu centrale centralcol middenkolom keskus huvudinnehall"
    ),
    Word.FIRST: "first one active current selected",
    Word.TICKER: (
        "ticker breaking newsticker alert alerts flash flashnews wire wires latest livewire scroller scroll laufband "
        "breakingnews eilmeldung latestnews urgent justin lenta lentanovostey sondakika ultimahora ultimas "
        "ultimasnoticias ultime ultimora ultimissime dernieres derniereminute fildinfo fil depeches senaste siste "
        "seneste sistenytt viimeisimmat tuoreimmat najnowsze nejnovejsi najnovije terbaru terkini moinhat "
        "kurzmeldungen newsflash telex breves pilne urgente urgentes alerte liveticker"
    ),
    Word.PROMO: (
        "promo promos ad ads adv advert advertisement advertising anzeige anzeigen sponsor sponsors sponsored "
        "partner partners native commercial outbrain taboola plista recommend recommended recommendations shop "
        "shopping store offer offers deal deals marketplace publicidad publicidade pubblicita werbung brand branded "
        "paid advertorial affiliate promotion kooperation classified classifieds coupons jobs advertentie "
        "advertenties reklama reklamy reklam reklame annons annonser annonse annonsor mainos mainokset hirdetes "
        "oglas oglasi iklan quangcao guanggao publireportaje publicite pubbli anuncio anuncios sponsoriseret "
        "sponsrad partnerzy stellenmarkt immobilien stellenangebote dfp adslot adunit gpt"
    ),
    Word.SERVICE: (
        "newsletter newsletters subscribe subscription subscriptions abo signup signin login register donate weather "
        "wetter search suche tools services service apps app form poll quiz games game horoscope horoskop lottery tv "
        "schedule program programm events event market markets stocks quotes consent cookie cookies gdpr dialog "
        "meteo tiempo pogoda vremea cuaca thoitiet currency encuesta encuestas umfrage umfragen sondage sondaggio "
        "opros anketa epaper kalender calendar agenda verkehr traffic obituaries obits traueranzeigen kino tvprogram "
        "kurs kursy paywall regwall"
    ),
    Word.VIDEO: (
        "video videos player vid clip clips watch videoteaser playlist film movie wideo videot videolar filmy webtv "
        "videotheque"
    ),
    Word.GALLERY: (
        "gallery galleries photo photos photogallery slideshow slideshows foto fotos bilder fotostrecke galeria "
        "galerie galleria pictures bildergalerie imagenes fotogalerie fotogaleria fotogaleri fotogallery "
        "fotoreportage galerija diaporama diaporamas bilderstrecke"
    ),
    Word.AUDIO: "audio podcast podcasts listen radio",
    Word.OPINION: (
        "opinion opinions opinie opinioni opiniao column columns columnist columnists kommentar meinung editorial "
        "editorials commentisfree voices blog blogs blogger bloggers tribune colunistas colunas viewpoint oped "
        "mnenie mneniya kolumne kolumna komentar komentare komentarz felieton yazarlar koseyazilari debatt debat "
        "leder ledare mielipide velemeny nazory tribuna editos edito editoriale editoriali editoriaux chronique "
        "chroniques opinia kronik kroniken columnistas colunista opiniones"
    ),
    Word.LIVE: (
        "live liveblog liveticker livestream direkt direkte direktrapport endirect envivo aovivo diretta endirecto"
    ),
    Word.RELATED: (
        "related sublink sublinks bullets relatedlinks relateds rel sub children subordinate siehe zum "
        "relacionada relacionadas relacionado "
        "relacionados correlati correlate gerelateerd relaterat relaterede relatert "
        "powiazane souvisejici liireaussi lireaussi voiraussi seealso ilgili terkait lienquan readalso leestook "
        "lesenie mehrzumthema"
    ),
    Word.SOCIAL: (
        "social share sharing facebook twitter follow instagram youtube linkedin tweet tweets whatsapp email print "
        "bookmark addthis teilen partager compartir compartilhar condividi delen dela telegram pinterest"
    ),
    Word.COMMENTS: (
        "comment comments kommentare commentcount disqus reacties comentarios commenti forum reactions replies "
        "discuss discussion kommentar kommentarer komentarze komentare komentari yorum yorumlar commentaires"
    ),
    Word.HIDDEN: (
        "hidden hide sr visually screenreader invisible offscreen vh noscript mobile print collapsed hiddens"
    ),
    Word.CAROUSEL: (
        "carousel slider slide slides slideshow swiper slick rotator rotating flexslider cycle owl tabs tab panel "
        "gallery karussell carrossel glide splide flickity"
    ),
    Word.CLONE: "clone cloned duplicate",
    Word.CARD: (
        "teaser teasers tease teases card cards story stories article articles item entry post posts node news module "
        "mod unit teaserblock noticia noticias nota artikel puff puffs zajawka zpravy clanek clanky vijest vijesti "
        "vesti stiri hirek novost novosti nyhet nyheter nieuws bericht beitrag haber haberler berita tintuc xinwen "
        "artigo articolo articulo artikkel materia materias chamada chamadas notizia notizie tile tiles uutinen "
        "uutiset actu actus"
    ),
    Word.LIST: (
        "list lists listing stack stacks river stream feed archive loop index liste lista elenco listado lijst "
        "seznam popis listes"
    ),
    Word.TAG: "tag tags topic topics keyword keywords hashtag thema themen themes tagcloud",
    Word.HEADLINE: (
        "headline headlines title titles heading hed head titel titre titulo titolo hdln hl kop tit ttl cd titulares "
        "headlinetext storyheadline titlu titulek nadpis naslov tytul baslik judul tieude otsikko tittel overskrift "
        "zagolovok biaoti titol titular encabezado koptekst titolino"
    ),
    Word.KICKER: (
        "kicker kick kickers eyebrow unibrow brow overline flag dachzeile roofline topline antetitulo occhiello "
        "surtitre chapeu spitzmarke pretitle supertitle slug preheadline prehead fly flytitle label tagline strapline "
        "rubric rubrik volanta kanal sutitre "
        "cintillo overtitle category cat overhead section ressort roof signpost channel vignette tonal subject "
        "surtitle nadtytul nadnaslov nadtitulek avantitol avanttitre soprattitolo stikktittel vinjett vinjetti "
        "trompet rubrica rubriek rubryka seccion secao editoria categoria categorie kategorie kategori kategorija "
        "razdel bovenkop chapeautitre prehed preheader labeltext supertitre cartola retranca"
    ),
    Word.SUMMARY: (
        "summary dek deck standfirst excerpt intro abstract description desc snippet blurb trail trailtext sommario "
        "resumen entradilla bajada chapo vorspann anriss leadtext teasertext bodytext paragraph subhead subheadline "
        "subtitle subheading copy synopsis sumario preview riassunto catenaccio sottotitolo lidtext beschreibung "
        "strap subhed subheader subtitulo anons ingress ingressi perex manchet resume resumo linhafina subtitol "
        "podzagolovok podnaslov podtytul podtitulek underrubrik alcim bevezeto sapo tomtat daodu zhaiyao ozet "
        "onderkop inleiding copete bajante encabezamiento lede teasercopy abstrakt ringkasan standfirsts dekk "
        "subtitre soustitre accroche"
    ),
    Word.BYLINE: (
        "byline author authors autor autoren auteur autore writer contributor contributors credit credits source "
        "sources agency by firma reporter journalist signature forfatter journalista redaktor redakteur avtor yazar "
        "muhabir penulis tacgia szerzo firmato redaccion redaktion skribent kilde"
    ),
    Word.TIME: (
        "time date datum timestamp fecha published ago updated heure datetime uhrzeit zeit data pubdate posted hour "
        "hora dateline dates saat tarih tanggal waktu thoigian vreme vrijeme vremya orario horario zeitstempel "
        "tidspunkt klokkeslett"
    ),
    Word.IMAGE: "image img picture media thumb thumbnail photo figure imagen bild pic visual",
    Word.CAPTION: (
        "caption credit copyright legend imgcaption alt didascalia didascalie piedefoto leyenda legende legenda "
        "bildunterschrift bildtext billedtekst bildetekst fotobijschrift onderschrift kuvateksti podpis popisek "
        "credits photocredit imagecredit fotocredit bildnachweis pie"
    ),
    Word.MORE: (
        "more readmore weiterlesen continue cta button btn fullstory mehr seeall viewall leggitutto leermas "
        "lirelasuite saibamais leiamais lasmer lesmer laesmere czytajwiecej devami selengkapnya xemthem lueasaa"
    ),
    Word.TEXT: "text txt body copy dd",
    Word.SECTION: (
        "section block box zone group region channel rubrique ressort sezione sektion seccion secao rubrika kategorie"
    ),
}


def index(names: dict[Word, str]) -> dict[str, int]:
    """Every name with the bits of all words that it stands for."""
    bits: dict[str, int] = {}
    for word, listed in names.items():
        for name in listed.split():
            bits[name] = bits.get(name, 0) | word.value
    return bits


BITS_OF: Final = index(NAMES)


def named(names: str) -> int:
    """The bits of words given by their names."""
    bits = 0
    for name in names.split():
        bits |= Word[name].value
    return bits


PIECE: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[a-z]\d")
NUMBER_ONE: Final = re.compile(r"[-_]0*1(?!\S)")  # story-1, item_01
HASH: Final = re.compile(r"[A-Za-z]*\d+[A-Za-z][A-Za-z\d]*")  # css-1x8dd0: a name made by a machine
WITHOUT_DIGITS: Final = {ord(digit): None for digit in "023456789"} | {ord("1"): "1"}
FIRST: Final = Word.FIRST.value
# --image-right-mobile-false says how an element is set, not what it is; Drupal's field--name-field-standfirst does, and
# its field--label-hidden says that no label is printed.
SETTING: Final = re.compile(r"--(?!name-)[a-z]+(?:-[a-z\d]+){2,}|field--(?:label|type)-[\w-]+|side-by-side")
# Tailwind's classes: `sm:text-lg` is for some screens or states, `w-[600px]` a measure, `hidden sm:block` is shown.
SHOWN: Final = re.compile(r"(?<!\S)(?:sm|md|lg|xl|2xl):(?:block|flex|grid|table|inline[\w-]*)(?!\S)")
HIDDEN: Final = re.compile(r"(?<!\S)hidden(?!\S)")
VARIANT: Final = re.compile(
    r"(?<!\S)(?:\S*\[|(?:sm|md|lg|xl|2xl|max-\w+|min-\w+|dark|hover|focus[\w-]*|active|visited|disabled|group[\w/-]*|"
    r"peer[\w/-]*|first|last|odd|even|before|after|print|empty|motion-\w+|supports-\w+|aria-\w+|rtl|ltr):)\S*"
)
# What styled-components name by machine: `sc-2e6baa30-1 gILusN`, behind a name that may say something.
STYLED: Final = re.compile(
    r"(?<![^\s-])sc-[A-Za-z\d]{4,}(?:-\d+)?(?![\w-])(?:\s+(?=[A-Za-z]*[A-Z])[A-Za-z]{5,7}(?![\w-]))*"
)
# Atomic classes say how something is set: `Tt(c) D(ib) Mb(6px)`.
ATOMIC: Final = re.compile(r"(?<!\S)[A-Z][A-Za-z]{0,9}\([^()\s]*\)\S*")
# Names of grids: what stands in a column is no opinion.
GRID: Final = re.compile(
    r"(?<!\S)(?:(?:two|three|four|five|six|left|right|center|middle|main|side|half|\d+)[-_]columns?|columns|"
    r"columns?[-_](?:\d+|left|right|center|middle|main|side|one|two|three|four))(?!\S)"
)
# Bootstrap's: `col-xs-12 col-sm-6` is a width for some screens, and `hidden-xs` is shown on all others.
SCREENS: Final = re.compile(r"(?<!\S)(?:col|hidden)-(?:xs|sm)(?:-[\w-]+)?(?!\S)")
# What is called a large one is no small picture: td-big-thumb, largeThumbnail.
LARGE_THUMB: Final = re.compile(
    r"((?<![A-Za-z])(?:big|large|full|wide|huge|hero))[-_]?thumb(?:nail)?s?(?![a-z])", re.IGNORECASE
)
# The story after the lead, as American newsrooms call it.
OFF_LEAD: Final = re.compile(r"(?<![A-Za-z])(?:off|sub)[-_]?(?:lead|lede)(?![a-z])", re.IGNORECASE)
# What names that say nothing, or not what their words say, are put into; each pattern where its piece stands in them.
REWRITTEN: Final = (
    ("col", GRID, " "),
    ("-xs", SCREENS, " "),
    ("-sm", SCREENS, " "),
    ("sc-", STYLED, " "),
    ("(", ATOMIC, " "),
    ("humb", LARGE_THUMB, r"\1-image"),
    ("e", OFF_LEAD, " "),
)
MOST_NAMES: Final = 65536  # those of some hundred sites
LONGEST_NAME: Final = 400  # class attributes longer than this are utility soup; the first words name the part


def words_in(names: str) -> int:
    """The bits of all words in class names and ids."""
    names = SETTING.sub("", names) if "-" in names else names
    if ":" in names or "[" in names:
        names = VARIANT.sub(" ", HIDDEN.sub(" ", names) if SHOWN.search(names) else names)
    for piece, pattern, instead in REWRITTEN:
        if piece in names:
            names = pattern.sub(instead, names)
    bits = words_of(HASH.sub(" ", names[:LONGEST_NAME]).translate(WITHOUT_DIGITS))
    return bits | FIRST if "1" in names and NUMBER_ONE.search(names) else bits


WORDS_IN: Final = Memo(words_in, MOST_NAMES)


@lru_cache(maxsize=16384)
def words_of(names: str) -> int:
    """The bits of each piece of names without numbers, and of each two neighbouring pieces joined."""
    bits = 0
    before = ""
    find = BITS_OF.get
    for piece in PIECE.findall(names):
        piece = piece.lower()
        bits |= find(piece, 0)
        if len(before) > 1 or len(piece) > 1:  # c_d is no "cd"
            bits |= find(before + piece, 0)
        before = piece
    return bits
