"""`/problems/{slug}`: the page behind each problem's `type`."""

from html import escape

from aiohttp import web

from service.problems import NotFound, every_problem
from service.web.policy import PUBLIC, Content, Route


async def show(request: web.Request) -> web.Response:
    """A page that says in words what kind of problem this is."""
    problem = every_problem().get(request.match_info["slug"])
    if problem is None:
        raise NotFound
    text = escape(problem.default or problem.title)
    title = escape(problem.title)
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><h1>{title}</h1><p>{text}</p>'
        '<p><a href="/">Farfield</a></p>'
    )
    return web.Response(text=page, content_type="text/html")


ROUTES = (
    Route(
        "GET",
        "/problems/{slug}",
        show,
        PUBLIC,
        answers={200: Content("text/html")},
        problems=(NotFound,),
        names={"slug": "[a-z_]{1,40}"},
    ),
)
