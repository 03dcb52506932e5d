"""Who may look: on the loopback address everybody of this machine, elsewhere whoever has the token.

A browser is sent a link with the token once, and keeps it as a cookie that no script and no other site can use. On
the loopback address only requests to that very address are answered, so that no page of the web can have a browser
ask for it under a name of its own.
"""

import hmac
import ipaddress
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

_COOKIE = "readout_token"
_LOOPBACK_NAMES = {"localhost", "127.0.0.1", "::1"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
_HEADERS = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def is_loopback(host: str) -> bool:
    """Does nobody but this machine reach an address?"""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def guard(token: str | None) -> Middleware:
    """Lets pass who may; without a token only requests that name the loopback address."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        if token is None:
            if urlsplit(f"//{request.host}").hostname not in _LOOPBACK_NAMES:
                raise web.HTTPForbidden(text="this server answers on the loopback address alone\n")
        elif request.query.get("token") is not None and _fits(request.query["token"], token):
            return _welcome(request, token)
        elif not _fits(_shown(request), token):
            raise web.HTTPUnauthorized(text="open the link with the token that `readout serve` has printed\n")
        return await handler(request)

    return guarded


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """What every answer says to browsers."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


def _welcome(request: web.Request, token: str) -> web.Response:
    """Keep the token, and take it out of the address."""
    rest = request.rel_url.without_query_params("token")
    answer = web.Response(status=303, headers={hdrs.LOCATION: str(rest)})
    answer.set_cookie(_COOKIE, token, httponly=True, samesite="Strict", path="/")
    return answer


def _shown(request: web.Request) -> str:
    bearer = request.headers.get(hdrs.AUTHORIZATION, "")
    return bearer.removeprefix("Bearer ") if bearer else request.cookies.get(_COOKIE, "")


def _fits(shown: str, token: str) -> bool:
    return hmac.compare_digest(shown.encode(), token.encode())
