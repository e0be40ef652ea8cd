"""What short labels say of how stories are told or offered: their kind, genre and state, for whom, and who pays."""

import re
from typing import Final

from scraper.kinds import AUDIO_TEXT, GALLERY_TEXT, LIVE_TEXT, OPINION_TEXT, SPONSORED_TEXT, VIDEO_TEXT

KINDS: Final = re.compile(
    "|".join(f"(?:{one.pattern})" for one in (LIVE_TEXT, VIDEO_TEXT, GALLERY_TEXT, AUDIO_TEXT, OPINION_TEXT)),
    re.IGNORECASE,
)
# What sort of text a story is, where no kind of story is meant; with a colon it is part of the headline.
GENRES: Final = re.compile(
    r"graphics?|info-?graphics?|interactives?|maps?|explain(?:ed|er)|exclusive|breaking(?: news)?|developing|"
    r"(?:latest|live) updates?|q&a|quiz|fact ?check|timeline|profile|interview|report(?:age)?|review|longread|"
    r"special(?: report)?|obituary|"
    r"grafik|info-?grafik|exklusiv|eilmeldung|porträt|reportage|rezension|interaktiv|hintergrund|"
    r"gráficos?|info(?:grafía|gráfico)s?|exclusiv[ao]|entrevista|reportaje|reportagem|perfil|última hora|urgente|"
    r"infographies?|exclusif|urgent|alerte info|entretien|décryptage|portrait|récit|enquête|"
    r"grafic[oi]|infografic[ah]e?|esclusiv[ao]|intervista|inchiesta|ultim'?ora|il caso|il commento|il racconto|"
    r"(?:la )?scheda|"
    r"il retroscena|il personaggio|la storia|la polemica|lo scenario|l['’](?:analisi|intervista|inchiesta|editoriale)|"
    r"exclusief|interactief|achtergrond|"
    r"grafika|infografika|wywiad|rozhovor|эксклюзив|инфографика|интервью|срочно|"
    r"anal(?:ys(?:is|e)?|isi)|análisis|análise|crónicas?|crônica|témoignages?|critique|recensi(?:e|one)|anmeldelse|"
    r"独家|专访|图解|独自|速報|単独|단독|인터뷰|그래픽",
    re.IGNORECASE,
)
# What is said of a story's state or amount: it names neither topic nor section. "Update" is printed as a kicker.
STATE: Final = re.compile(
    r"new|neu|nuevo|nouveau|nuovo|novo|nieuw|nytt?|nowe|updated|aktualisiert|actualizado|atualizado|aggiornato|"
    r"\d{1,3}[- ]?min(?:ute[ns]?|utos|uti)?\.? (?:read|watch|listen|lesezeit|de (?:lecture|lectura|leitura)|di lettura|"
    r"leestijd|lästid|czytania)|\d{1,3} ?(?:min|se[ckg]|h|std|hrs?)\.?(?: ?\d{1,2} ?(?:min|s|se[ckg])\.?)?|"
    r"(?:lesezeit|(?:temps|tiempo|tempo) d[ei] (?:lecture|lectura|leitura|lettura))\W{0,2} ?"
    r"\d{1,3} ?min\w*\.?|"
    r"\d+ (?:photos?|pics|pictures|images|videos?|bilder|fotos?|imágenes|imagens|immagini|zdjęć|фото)",
    re.IGNORECASE,
)
# How a story is offered, not what it is about: "Featured", "N+"; of sections it is a name.
BADGE: Final = re.compile(
    r"featured|related|premium|plus|\w{0,3}\+|abo|(?:for )?(?:subscribers?|members?)(?: only)?|exclusive content|"
    r"(?:(?:article )?réservé aux |pour les )?abonnés|(?:(?:nur )?für )?abonnenten|(?:(?:sólo )?para )?suscriptores|"
    r"(?:(?:só )?para )?assinantes|(?:(?:solo )?per gli )?abbonati|(?:voor )?abonnees|(?:för )?prenumeranter|"
    r"(?:for )?abonnenter|" + STATE.pattern,
    re.IGNORECASE,
)
# All of a section, wherever in its title that is offered.
ALL: Final = re.compile(
    r"더보기|もっと見る|一覧|更多|المزيد|ещ[её]\b|wi[eę]cej|v[ií]ce\b|devam|selengkapnya|xem thêm", re.IGNORECASE
)
# The title of a part of the page that others pay for: of the stories under such on the labelled and the fictional pages
# none is the paper's.
PAID: Final = re.compile(
    SPONSORED_TEXT.pattern + r"|\b(?:paid partner content|partner content|brand(?:ed)? content|brandstories|anzeigen|"
    r"from our (?:advertisers|sponsors)|supported by our sponsors|gesponsert\w*|en partenariat|publireportajes|"
    r"contenido de marca|conteúdo de marca|contenido ofrecido|contingut promogut|especial publicitário|"
    r"publi-?(?:information|rédactionnel|communiqué)s?|sponsorisée?s?|sponsorizzat[oi]|informazione pubblicitaria|"
    r"gesponsorde?|sponsrat|sponsoreret|artykuły? sponsorowane?|komerční\w*|materiały? (?:partner|sponsor)\w+|"
    r"press releases|прес+-рел[іи]з[иы]|на правах рекламы|новости партн[её]ров|"
    r"партн[её]рски\w+ (?:материал|проект)\w*)\b",
    re.IGNORECASE,
)


def is_paid_for(section: str) -> bool:
    """Whether the title of a part of the page says that others pay for what stands in it."""
    return PAID.search(section) is not None
