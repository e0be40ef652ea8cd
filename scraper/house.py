"""What a paper says of itself and is no story: subscriptions and offers, newsletters, jobs, terms, the care of data."""

from typing import Final

LONGEST: Final = 80  # characters of what a paper says of itself
# Words that papers use of themselves, and stories too.
WORDS: Final = frozenset({
    "subscribe", "subscription", "subscriptions", "subscriber", "subscribers", "newsletter", "newsletters", "rss",
    "widget", "widgets", "e-paper", "epaper", "abo", "abos", "abonnement", "abonnieren", "abonnez-vous", "advertise",
    "advertising", "sweepstakes", "gewinnspiel", "suscríbete", "suscripción", "assine", "assinatura", "iscriviti",
    "abbonati", "abbonamento", "подписка", "подписаться", "подпишитесь", "download", "iphone", "ipad", "android", "app",
    "apps", "facebook", "twitter", "instagram",
})  # fmt: skip
# What hardly any story says: on the labelled pages none, and 171 of the other links.
PHRASES: Final = (
    "newsletter", "subscribe to", "subscribe now", "subscribe today",
    "privacy policy", "privacy notice", "privacy statement", "privacy settings",
    "cookie policy", "cookies policy", "cookie notice", "cookie statement", "cookie settings", "use of cookies",
    "terms of use", "terms of service", "terms and conditions", "terms & conditions", "free trial", "e-paper",
    "digital edition", "advertise with us",
    "datenschutzerklärung", "datenschutzhinweis", "cookie-richtlinie", "cookie-einstellungen", "impressum",
    "abonnieren", "jetzt testen", "gewinnspiel",
    "abonnez-vous", "s'abonner", "s’abonner", "inscrivez-vous", "politique de confidentialité", "mentions légales",
    "gestion des cookies",
    "suscríbete", "suscríbase", "política de privacidad", "política de cookies", "aviso legal",
    "assine já", "política de privacidade", "termos de uso", "abbonati", "iscriviti", "informativa sulla privacy",
    "privacybeleid", "cookiebeleid", "nieuwsbrief", "polityka prywatności", "integritetspolicy",
    "политика конфиденциальности", "подпишитесь", "подписывайтесь", "隐私政策", "用户协议", "プライバシーポリシー",
)  # fmt: skip
# What a story may say, but does not begin with.
BEGINNINGS: Final = (
    "sign up", "subscribe ", "log in", "register ", "support us", "support our", "donate ", "become a member",
    "become a subscriber", "follow us", "like us", "join us",
    "download our", "download the", "get our", "get the app", "read today's paper",
    "read today’s paper", "today's paper", "today’s paper", "contact us", "about us", "about our", "manage cookies",
    "accept cookies", "jetzt anmelden", "jetzt registrieren", "jetzt bestellen", "folgen sie uns", "unterstützen sie",
    "soutenez", "faites un don", "suivez-nous", "hazte socio", "regístrate", "síguenos", "assine", "cadastre-se",
    "sostieni", "seguici", "word lid", "volg ons",
)  # fmt: skip
# Also what readers write, databases and shops: of 560 links to their hosts on the labelled and the fictional pages 10
# are stories, of two papers that call their opinion so.
HOSTS: Final = frozenset({
    "support", "subscribe", "subscription", "subscriptions", "subscriber", "abo", "abos", "shop", "store",
    "newsletter", "newsletters", "donate", "membership", "epaper", "account", "accounts", "login", "signup",
    "privacy", "events", "event", "jobs", "job", "stellen", "stellenmarkt", "stellenangebote", "karriere",
    "careers", "anzeigen", "ad", "ads", "adserver", "adclick", "survey", "surveys", "agenda", "shops", "shopping",
    "promo", "promocja", "publi", "reklama", "praca", "lavoro", "emploi", "immo", "esquelas", "promociones",
    "brand", "brandhub", "brandstudio", "brandstories", "partner", "partners", "partenaires", "clasificados",
    "classificados", "classifieds", "realestate", "deals", "ofertas", "okazje", "concours", "boutique", "loja",
    "tickets", "ticket", "classified", "raovat", "whitepapers", "openx",
    "brands", "branded", "tienda", "botiga", "fudosan", "reality", "prace", "slevy", "sdeleni", "communiques",
    "spiele", "jeux", "tarifrechner", "bbs", "community", "t", "club", "forum", "forums", "db", "stats", "weather",
    "books", "livraria", "libreria", "librairie", "kupi", "mall",
})  # fmt: skip
# Where hardly any story is: of the labelled pages none, and 451 of the other links (with the hosts).
FOLDERS: Final = frozenset({
    "subscribe", "subscription", "subscriptions", "newsletter", "newsletters", "donate", "contribute", "membership",
    "privacy", "privacy-policy", "privacy-notice", "privacy-statement", "privacy-center", "cookie", "cookies",
    "cookie-policy", "cookies-policy", "cookie-notice", "terms", "terms-of-use", "terms-of-service",
    "terms-and-conditions", "abo", "abos", "abonnement", "abonnements", "epaper", "e-paper", "digital-edition",
    "about-us", "contact", "contact-us", "impressum", "datenschutzerklaerung", "agb", "register",
    "registration", "login", "signup", "sign-up", "signin", "sign-in", "myaccount", "my-account", "gewinnspiel",
    "gewinnspiele", "politique-de-confidentialite", "mentions-legales", "politica-de-privacidad",
    "politica-de-privacidade", "politica-de-cookies", "aviso-legal", "suscripcion", "suscripciones", "assine",
    "abbonamenti", "nieuwsbrief", "advertise", "stellenmarkt", "stellenangebote", "anzeigen",
    "kleinanzeigen", "classifieds", "angebot", "angebote", "offre", "offres", "oferta", "ofertas", "offerta",
    "offerte", "offers", "gutscheine", "coupons", "sponsored", "sponsored-content", "sponsor-content", "advertorial",
    "advertorials", "promo", "promotions", "publireportage", "publirreportaje", "press-release", "press-releases",
    "category", "tag", "tags", "calendar", "annuncio", "annunci", "annonces", "petites-annonces", "annonser", "ilan",
    "ilanlar", "ogloszenia", "inzerce", "inzeraty", "aprohirdetes", "aprohirdetesek", "anunturi", "anuncios",
    "clasificados", "classificados", "aggelies", "oglasi", "obyavleniya", "traueranzeigen", "todesanzeigen",
    "nekrologi", "regulamin", "tos", "cgu", "cgv", "kvkk", "personvern",
    "paid", "paid-content", "paid-post", "paidpost", "brand-studio", "brandstudio", "brand-connect", "partner-content",
    "partnercontent", "especial-publicitario", "patrocinado", "anzeige", "aviso", "avisos", "listing", "listings",
    "schedule", "live-score", "live-scores", "ad", "ads", "adv", "branded",
    "events", "static", "profile",
})  # fmt: skip
# The same of what lists all of a topic, a care or an offer, where no more than one part follows it.
TOPICS: Final = frozenset({"campaign", "themen", "datenschutz", "job"})
# A file is no page: of 173 links to such on the labelled and the fictional pages, none is a story.
FILES: Final = (".pdf", ".jpg", ".png", ".gif", ".mp3", ".mp4", ".zip", ".xml", ".rss")


def is_house_text(text: str) -> bool:
    """Whether a link's text is what only the paper says of itself."""
    # The country is no pronoun: "Support US troops".
    lower = text.lower() if text.isupper() else text.replace("US", "U.S.").lower()
    return lower.startswith(BEGINNINGS) or any(phrase in lower for phrase in PHRASES)


def is_house_address(host: str, path: str) -> bool:
    """Whether an address without its query is one where a paper sells, signs up or explains itself, or of a file."""
    lower = path.lower()
    if host.partition(".")[0] in HOSTS or "newsletter" in lower or lower.endswith(FILES):
        return True
    parts = lower.strip("/").split("/")
    return not FOLDERS.isdisjoint(parts) or not TOPICS.isdisjoint(parts[-2:])
