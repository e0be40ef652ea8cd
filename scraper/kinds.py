"""What kind of story a block shows, by what is printed on it, its address and its names."""

import re
from typing import Final

from scraper.model import Kind
from scraper.vocabulary import named, words_in

LIVE_TEXT: Final = re.compile(
    r"^(?:live\b|en direct|en vivo|ao vivo|in diretta|liveblog|live-?ticker|liveticker|прямой эфир|直播|مباشر)|\blive(?:blog|ticker| updates?)\b",
    re.I,
)
VIDEO_TEXT: Final = re.compile(r"^(?:video|watch|vidéo|vídeo|видео|视频|فيديو)\b\s*[:|]?", re.I)
GALLERY_TEXT: Final = re.compile(
    r"^(?:photos?|gallery|pictures|in pictures|slideshow|bilder|fotostrecke|fotos?|galería|galleria|фото|图集)\b\s*[:|]?",
    re.I,
)
AUDIO_TEXT: Final = re.compile(r"^(?:podcast|listen|audio|подкаст)\b\s*[:|]?", re.I)
OPINION_TEXT: Final = re.compile(
    r"^(?:opinion|comment|commentary|editorial|op-ed|analysis|kommentar|meinung|kolumne|leitartikel|opinión|opinião|opinie|tribune|éditorial|мнение|评论|رأي)\b",
    re.I,
)
SPONSORED_TEXT: Final = re.compile(
    r"\b(?:sponsored|advertisement|advertorial|paid (?:content|post)|anzeige|promoted|publireportage|patrocinado|sponsorisé|реклама|广告)\b",
    re.I,
)
TEXTS: Final = (
    (Kind.SPONSORED, SPONSORED_TEXT),
    (Kind.LIVE, LIVE_TEXT),
    (Kind.OPINION, OPINION_TEXT),
    (Kind.VIDEO, VIDEO_TEXT),
    (Kind.GALLERY, GALLERY_TEXT),
    (Kind.AUDIO, AUDIO_TEXT),
)
FOLDERS: Final = (
    (
        Kind.OPINION,
        re.compile(
            r"/(?:opinions?|opinion[a-z]*|commentisfree|comment|kommentar(?:e)?|meinung|kolumnen?|editorials?|columnists?|tribunes?|opinie)(?:/|$)",
            re.I,
        ),
    ),
    (Kind.VIDEO, re.compile(r"/(?:videos?|watch|mediathek)(?:/|$)", re.I)),
    (
        Kind.GALLERY,
        re.compile(
            r"/(?:galler(?:y|ies)|photos?|pictures|slideshows?|fotostrecken?|bilder|fotos?|in-pictures)(?:/|$)", re.I
        ),
    ),
    (Kind.LIVE, re.compile(r"/live(?:/|$)|liveblog|liveticker|live-updates", re.I)),
    (Kind.AUDIO, re.compile(r"/(?:podcasts?|audio)(?:/|$)", re.I)),
    (Kind.SPONSORED, re.compile(r"/(?:sponsored|advertorials?|paid-?post|brandvoice|partner-?content)(?:/|$)", re.I)),
)
SPONSORED_NAMES: Final = frozenset({"sponsored", "advertorial", "paid", "branded", "sponsor"})


def kind_of(target: str, headline: str, labels: str, names: int) -> Kind:
    """The kind of a story from its address, headline, the short labels of its block and the names of its element."""
    for kind, pattern in TEXTS:
        if (labels and pattern.search(labels)) or (
            kind in (Kind.LIVE, Kind.VIDEO, Kind.GALLERY) and pattern.match(headline) and ":" in headline[:16]
        ):
            return kind
    for kind, pattern in FOLDERS:
        if pattern.search(target):
            return kind
    return Kind.STORY
