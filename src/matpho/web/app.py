"""The application: routes, middleware and what they share, built from the parts and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware import Middleware

from matpho import __version__
from matpho.web import answers
from matpho.web.auth import Passwords
from matpho.web.context import Context
from matpho.web.hls import HlsFeeds
from matpho.web.in_turn import InTurn
from matpho.web.parts import WebParts
from matpho.web.routes import (
    audit,
    calibration,
    cameras,
    decisions,
    events,
    evidence,
    exports,
    feedback,
    health,
    incidents,
    kinds,
    live,
    live_hls,
    metrics,
    onboarding,
    people,
    permitted,
    playback,
    recordings,
    register,
    retention,
    search,
    session,
    stills,
    system,
    targets,
    trials,
    upkeep,
    uplinks,
)
from matpho.web.security import BodyLimit, SameSite, SecureHeaders
from matpho.web.sessions import Sessions
from matpho.web.static import FrontEnd
from matpho.web.telling import listener_for
from matpho.web.throttle import SignInThrottle
from matpho.web.viewings import Viewings

ROUTES = (
    health.router,
    session.router,
    people.router,
    kinds.router,
    cameras.router,
    permitted.router,
    calibration.router,
    register.router,
    onboarding.router,
    uplinks.router,
    recordings.router,
    retention.router,
    decisions.router,
    search.router,
    playback.router,
    exports.router,
    stills.router,
    live.router,
    live_hls.router,
    incidents.router,
    evidence.router,
    trials.router,
    feedback.router,
    audit.router,
    system.router,
    upkeep.router,
    targets.router,
    metrics.router,
    events.router,
)


def bare_app() -> FastAPI:
    """Only the routes, for the API description."""
    app = FastAPI(
        title="Mắt Phố",
        version=__version__,
        description="A ward's street cameras. Errors are `{error: {code, vi, en}}`; times are ISO 8601 UTC; "
        "boxes are x, y, w, h in 0..1 of the frame. Unsafe methods need `X-CSRF-Token`.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    for router in ROUTES:
        app.include_router(router)
    return app


def create_app(parts: WebParts) -> FastAPI:
    """The whole application."""
    options = parts.options
    covered = InTurn(parts.masked) if parts.masked else None
    viewings = Viewings(parts.desk, parts.clock)
    context = Context(
        parts=parts,
        sessions=Sessions(
            parts.desk,
            parts.store,
            parts.clock,
            Passwords(options.hash_cost),
            session_s=options.session_s,
            idle_s=options.idle_s,
        ),
        throttle=SignInThrottle(parts.clock),
        viewings=viewings,
        covered=covered,
        hls=HlsFeeds(viewings, parts.clock),
    )
    app = bare_app()
    app.router.lifespan_context = _lifespan
    app.state.context = context
    app.state.covered = covered
    answers.install(app)
    app.user_middleware = [
        Middleware(SecureHeaders),
        Middleware(answers.Edge),
        Middleware(BodyLimit, limit=options.body_bytes),
        Middleware(SameSite, origins=options.origins),
    ]
    app.mount("/", FrontEnd(options.dist), name="front-end")
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """While the server runs the desk's events reach the pages; at its end every stream is closed."""
    context: Context = app.state.context
    loop = asyncio.get_running_loop()
    context.hub.open(loop)
    context.doors.open(loop)
    stop = context.parts.desk.listen(listener_for(context))
    try:
        yield
    finally:
        stop()
        await context.hls.close()
        context.hub.close()
        context.doors.close()
        if app.state.covered is not None:
            app.state.covered.close()
