"""Which story a link means: absolute addresses, and the canonical address that is a story's identity."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

from scraper.memo import Memo

# http://web.archive.org/web/20161101id_/http://..., the same path on a mirror's own host, other archives' paths before
# an instant, such as /wayback/20161101010355/http://, and schemes that a saving program disabled: httpdisabled://
ARCHIVE_PREFIX: Final = re.compile(
    r"^https?(?:disabled)?://[^/?#]+/(?:web/\d{4,14}|(?:[^/?#]+/){0,4}\d{14})(?:[a-z]{2}_)?/(?=https?(?:disabled)?:/)",
    re.IGNORECASE,
)
MOST_FOLDERS: Final = 9  # the host among them; of the labelled stories 1 in 100 stands deeper
DISABLED: Final = re.compile(r"^(?:https?)?disabled:/+", re.IGNORECASE)
SINGLE_SLASH: Final = re.compile(r"^(https?):/+", re.IGNORECASE)
# Parameters that say from where a reader came, not which story it is.
TRACKING: Final = re.compile(
    r"^(?:utm_\w*|[a-z]*clid|mc_[ce]id|_ga|_gl|igshid|cmpid|cmp|icid|itid|int_?cmp|intcid|ncid|ocid|smid|hpid|hpt|ref_?|"
    r"ref_?src|referrer|referer|spm|scm|xtor|ito|at_\w+|ns_\w+|wt[._]\w+|itm_\w+|mod|spc|partner|pos|rss|src|source|test|mkt_tok|"
    r"spref|ftag|traffic_source|__twitter_impression|amp_js_v|usqp|_hs\w+|vero_id|trk)$",
    re.IGNORECASE,
)
# The common case in one match: absolute, a plain host in lower case, a path and a query that need no quoting.
PLAIN: Final = re.compile(
    r"https?://(?:www\.(?=[a-z0-9-]+\.))?([a-z0-9][a-z0-9.-]*[a-z0-9])(/[A-Za-z0-9/_~,;=@!$&'()*+.:-]*)?"
    r"(?:\?([A-Za-z0-9/_~,;=@!$&'()*+.:?-]*))?(?:#(?!!/[\w%])[!-~]*)?"
)
HASHBANG: Final = re.compile(r"!/[\w%]")
SAFE: Final = re.compile(r"[A-Za-z0-9/_~,;=@!$&'()*+.:%?-]*")
ESCAPE: Final = re.compile(r"%[0-9a-f][0-9a-f]", re.IGNORECASE)
SCHEMES: Final = ("http", "https")
DEFAULT_PORTS: Final = (80, 443)  # of both: http becomes https, and http://host:443 exists
BELOW: Final = re.compile(r"[\w-]+(?:/[\w-]+)*(?:\.\w+)?", re.ASCII)  # news/story.html
NO_CHARACTERS: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")  # controls, and halves of characters


def absolute(href: str, base: str) -> str:
    """A link made absolute. `urljoin` takes 7 us, over all links more than the parse, so most go without it."""
    href = href.strip()
    if not href.isprintable():
        href = NO_CHARACTERS.sub("", href)
    if href.startswith(("https://", "http://")) or href[:8].lower().startswith(("https://", "http://")):
        return href
    root = origin(base)
    if root and href[:1] == "/" and href[1:2] != "/" and "/." not in href:
        return root + href
    if root and BELOW.fullmatch(href):
        return folder(base) + href
    return joined(href, base)


@lru_cache(maxsize=256)
def folder(base: str) -> str:
    """What a plain relative address is put behind."""
    return joined("x", base).removesuffix("x")


@lru_cache(maxsize=256)
def origin(base: str) -> str:
    """Scheme and host of a base address; "" where it has none."""
    found = re.match(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]+", base)
    return found[0] if found else ""


@lru_cache(maxsize=16384)  # as for `canonical`
def joined(href: str, base: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:  # an address such as http://[ is no address
        return href


def canonical(url: str) -> str:
    """The identity of what a URL names: two printings of one story's address have the same canonical one."""
    return CANONICAL[url]


def worked_out(url: str) -> str:
    """The same, when it is asked for the first time."""
    plain = None if is_kept(url) else PLAIN.fullmatch(url)
    if plain is None:
        url = restored(NO_CHARACTERS.sub("", url).strip())
        plain = PLAIN.fullmatch(url)
        if plain is None:
            return canonical_in_full(url)
    host, path, query = plain.groups()
    kept = without_tracking(query) if query else ""
    return f"https://{host}{path or '/'}?{kept}" if kept else f"https://{host}{path or '/'}"


def is_kept(url: str) -> bool:
    """Whether an address may be an archive's or a saving program's: it holds another, or has a scheme of its own."""
    return url.find(":/", len("https:")) > 0 or "disabled:" in url


CANONICAL: Final = Memo(worked_out, 65536)  # the links of some hundred sites: most are there again in the next capture


def canonical_in_full(url: str) -> str:
    """The same for any text at all; what is no address on the web is its own identity."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    if parts.scheme not in SCHEMES or not (parts.hostname or "").strip("."):
        return url
    return assembled(parts, port)


def restored(url: str) -> str:
    """The address as its publisher printed it: without an archive's prefix or a saving program's scheme."""
    for _ in range(4):  # an archive of an archive; deeper ones are addresses in their own right
        stripped = SINGLE_SLASH.sub(r"\1://", DISABLED.sub("http://", ARCHIVE_PREFIX.sub("", url)))
        if stripped == url:
            break
        url = stripped
    return url


def assembled(parts: SplitResult, port: int | None) -> str:
    """Host, path and what of the query is not tracking, in one spelling."""
    host = (parts.hostname or "").strip(".")
    bare = host.removeprefix("www.")
    host = bare if "." in bare else host
    if ":" in host:
        host = f"[{host}]"
    if port and port not in DEFAULT_PORTS:
        host = f"{host}:{port}"
    query = without_tracking(parts.query)
    # What a program of the page reads, as pages had it until about 2016: "/#!/video/113001/title".
    told = f"#{quoted(parts.fragment)}" if HASHBANG.match(parts.fragment) else ""
    return f"https://{host}{quoted(parts.path or '/')}" + (f"?{quoted(query)}" if query else "") + told


def without_tracking(query: str) -> str:
    return "&".join(pair for pair in query.split("&") if pair and not TRACKING.match(pair.partition("=")[0]))


SOME_HOST: Final = "x://host/"  # of no scheme in which a backslash is a slash


def quoted(text: str) -> str:
    """Percent-encoded where it must be, with escapes in upper case; what is encoded already stays."""
    if not SAFE.fullmatch(text):
        from w3lib.url import safe_url_string  # 50 ms to import, and rarely needed

        # As part of an address, or what begins with two slashes would be taken for a host.
        text = safe_url_string(f"{SOME_HOST}{text}").removeprefix(SOME_HOST)
    return ESCAPE.sub(lambda escape: escape[0].upper(), text) if "%" in text else text


def story_id(site: str, canonical_url: str) -> str:
    """The permalink of a story: 12 characters of base32 of the digest of site and canonical address."""
    digest = hashlib.sha256(f"{site}\n{canonical_url}".encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest[:10]).decode("ascii")[:12].lower()


def counted_below(targets: Iterable[str]) -> Counter[str]:
    """How many of some canonical addresses stand below each address, of their first folders."""
    below: Counter[str] = Counter()
    for target in targets:
        end = len("https:/")
        for _ in range(MOST_FOLDERS):
            end = target.find("/", end + 1, len(target) - 1)  # not the address itself
            if end < 0:
                break
            below[target[:end]] += 1
    return below
