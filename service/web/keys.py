"""Typed keys of the application and the request."""

from aiohttp import web

from service.access import SessionAccess
from service.wiring import Deps

DEPS = web.AppKey("deps", Deps)
SESSION = web.RequestKey("session", SessionAccess)
NEEDS_STORE = web.AppKey("needs_store", bool)
REQUEST_ID = web.RequestKey("request_id", str)
