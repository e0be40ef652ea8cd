"""What kind of story a block shows, by what is printed on it, its address and its names."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from scraper.model import Kind
from scraper.signs import FOLDER_WORDS
from scraper.vocabulary import named

LIVE_TEXT: Final = re.compile(
    r"^(?:live\b|en direct|en vivo|en directo|ao vivo|em direto|(?:in )?diretta\b|direkte?\b(?! \w)|liveblog|"
    r"live-?ticker|liveticker|прямой эфир|直播|مباشر)|\blive(?:blog|ticker| updates?)\b|"
    r"\bminut[eo] (?:a|par|por) minut[eo]\b",
    re.IGNORECASE,
)
VIDEO_TEXT: Final = re.compile(r"^(?:video|watch|vidéo|vídeo|видео|视频|فيديو)\b\s*[:|]?", re.IGNORECASE)
GALLERY_TEXT: Final = re.compile(
    r"^(?:photos?|gallery|pictures|in pictures|slideshow|bilder|fotostrecke|bildergalerie|bilderserie|diaporama|"
    r"fotogaler(?:ie|ía|ia)|fotos?|galería|galleria|фото|"
    r"图集)\b\s*[:|]?",
    re.IGNORECASE,
)
AUDIO_TEXT: Final = re.compile(r"^(?:podcast|listen|audio|подкаст)\b\s*[:|]?", re.IGNORECASE)
OPINION_TEXT: Final = re.compile(
    r"^(?:opinion|comment|commentary|editorial|op-ed|analysis|kommentar|meinung|kolumne|leitartikel|opinión|opinião|opinie|tribune|éditorial|мнение|评论|رأي)\b",
    re.IGNORECASE,
)
SPONSORED_TEXT: Final = re.compile(
    r"\b(?:sponsored|advertisement|advertorial|paid (?:content|post)|anzeige|promoted|publireportage|"
    r"patrocinado|sponsorisé|реклама|广告)\b|"
    # What a section may be called too is one only by itself.
    r"^\W*(?:werbung|partner content|presented by|publicité|publicidade?|pubblicità|advertentie|annonse|annonce|"
    r"reklama|廣告|إعلان)\W*$",
    re.IGNORECASE,
)
TEXTS: Final = (
    (Kind.SPONSORED, SPONSORED_TEXT),
    (Kind.LIVE, LIVE_TEXT),
    (Kind.OPINION, OPINION_TEXT),
    (Kind.VIDEO, VIDEO_TEXT),
    (Kind.GALLERY, GALLERY_TEXT),
    (Kind.AUDIO, AUDIO_TEXT),
)
ANY_TEXT: Final = re.compile("|".join(pattern.pattern for _, pattern in TEXTS), re.IGNORECASE)
FOLDERS: Final = (
    (Kind.OPINION, named("OPINION")),
    (Kind.LIVE, named("LIVE")),
    (Kind.VIDEO, named("VIDEO")),
    (Kind.GALLERY, named("GALLERY")),
    (Kind.AUDIO, named("AUDIO")),
)
ANY_FOLDER: Final = named("OPINION LIVE VIDEO GALLERY AUDIO")
MEDIA: Final = (Kind.LIVE, Kind.VIDEO, Kind.GALLERY, Kind.AUDIO)
PREFIX: Final = re.compile(r"^[^:|]{3,24}[:|]")


@lru_cache(maxsize=16384)  # most labels stand on a page several times
def told_by(label: str) -> Kind | None:
    """The kind that a label of a block names, if any."""
    if ANY_TEXT.search(label):
        for kind, pattern in TEXTS:
            if pattern.search(label):
                return kind
    return None


def kind_of(target: str, headline: str, labels: Iterable[str]) -> Kind:
    """The kind of a story: by the short labels of its block, a label before its headline, or its address."""
    prefix = PREFIX.match(headline) if ":" in headline or "|" in headline else None
    if prefix and ANY_TEXT.search(prefix[0]):
        for kind, pattern in TEXTS:
            if kind in MEDIA and pattern.match(headline):
                return kind
    if found := {told_by(label) for label in labels if label} - {None}:
        return next(kind for kind, _ in TEXTS if kind in found)
    folders = FOLDER_WORDS[target] & ANY_FOLDER
    return next(kind for kind, bits in FOLDERS if folders & bits) if folders else Kind.STORY
