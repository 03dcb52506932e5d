"""Documents for the tests of the readers: the same short article as a feed, a page, NewsML-G2, NITF and WARC."""

import gzip
from collections.abc import Iterable
from pathlib import Path

from readout.streams.publish.drafts import Limits
from readout.streams.publish.sources import Found, Refusal, read_sources

LIMITS = Limits(max_article_characters=1_000_000, max_record_bytes=8 * 1024 * 1024)
FIRST = (
    "The foreign minister of Norland said on Monday that the talks in Vienna had gone well for both sides."
)
SECOND = "On Tuesday she called her counterpart about the ceasefire, and both agreed to keep the lines open."
BODY = f"{FIRST}\n\n{SECOND}"
HTML = f"<p>{FIRST}</p><p>{SECOND}</p>"

PAGE = f"""<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>Talks | Example News</title>
<meta property="og:site_name" content="Example News"><meta name="author" content="Ann Writer">
<meta property="article:published_time" content="2022-10-25T09:30:00+02:00">
<link rel="canonical" href="https://news.example/talks"></head>
<body><nav><a href="/">Home</a> <a href="/world">World</a></nav><article><h1>Ministers talk</h1>{HTML}</article>
<footer>All rights reserved by somebody</footer></body></html>"""

RSS = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Example News</title><language>en-us</language>
<item><title>Ministers &amp; envoys talk</title><guid isPermaLink="false">urn:news:1</guid>
<link>https://news.example/talks</link><dc:creator>Ann Writer</dc:creator>
<pubDate>Tue, 25 Oct 2022 09:30:00 +0200</pubDate><description>The foreign minister said …</description>
<content:encoded><![CDATA[{HTML}]]></content:encoded></item>
<item><title>Teaser</title><guid>urn:news:2</guid><description>{FIRST}</description></item>
</channel></rss>"""

ATOM = f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0" xml:lang="en">
<title>Example News</title><id>urn:feed</id><updated>2022-10-25T07:30:00Z</updated>
<at:deleted-entry ref="urn:news:8" when="2022-10-25T07:30:00Z"><at:comment>Sent in error</at:comment></at:deleted-entry>
<at:deleted-entry ref="urn:news:9" when="2022-10-25T07:30:00Z"/>
<entry><id>urn:news:1</id><title>Ministers talk</title><updated>2022-10-25T07:30:00Z</updated>
<link href="https://news.example/talks"/><author><name>Ann Writer</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{HTML}</div></content></entry></feed>"""

NITF = f"""<?xml version="1.0" encoding="utf-8"?>
<nitf><head><docdata management-status="usable"><doc-id regsrc="ExampleNews" id-string="en-1"/>
<date.issue norm="20221025T093000+0200"/><ed-msg info="Corrects a name"/></docdata>
<pubdata ex-ref="https://news.example/talks"/></head>
<body><body.head><hedline><hl1>Ministers <em>talk</em></hl1></hedline><byline>By Ann Writer</byline></body.head>
<body.content>{HTML}</body.content></body></nitf>"""

NEWSML = f"""<?xml version="1.0" encoding="utf-8"?>
<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>
<newsItem guid="urn:news:1" version="3" xml:lang="en"><itemMeta><provider qcode="nprov:X"><name>Example News</name></provider>
<versionCreated>2022-10-25T09:30:00+02:00</versionCreated><pubStatus qcode="stat:usable"/><edNote>Corrects</edNote></itemMeta>
<contentMeta><headline>Ministers talk</headline><by>Ann Writer</by><language tag="en"/></contentMeta>
<contentSet><inlineXML contenttype="application/nitf+xml"><nitf xmlns="http://iptc.org/std/NITF/2006-10-18/">
<body><body.head><hedline><hl1>No part</hl1></hedline></body.head><body.content>{HTML}</body.content></body></nitf></inlineXML>
</contentSet></newsItem>
<newsItem guid="urn:news:2" version="2"><itemMeta><pubStatus qcode="stat:canceled"/></itemMeta></newsItem>
<packageItem guid="urn:news:3"/></itemSet></newsMessage>"""


def crawl(pages: Iterable[tuple[str, bytes, dict[str, str]]], *, packed: bool = True) -> bytes:
    """A WARC file of pages: address, body and HTTP headers; written by the letter of ISO 28500."""
    return b"".join(_record(*page, packed=packed) for page in pages)


def _record(url: str, body: bytes, headers: dict[str, str], *, packed: bool) -> bytes:
    fields = {"Content-Type": "text/html; charset=utf-8"} | headers
    http = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    block = b"HTTP/1.1 200 OK\r\n" + http.encode() + b"\r\n" + body
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2022-10-25T07:30:00Z\r\n"
        "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    record = head.encode() + block + b"\r\n\r\n"
    return gzip.compress(record, mtime=0) if packed else record


def written(folder: Path, name: str, data: bytes | str) -> str:
    """A file, by its path."""
    file = folder / name
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return str(file)


def read(path: str, **options: object) -> list[Found | Refusal]:
    """Everything found there."""
    return list(read_sources([path], LIMITS, **options))  # type: ignore[arg-type]
