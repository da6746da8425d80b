"""Signing in and out, and one's own account."""

from fastapi import APIRouter, Request, Response

from matpho import __version__
from matpho.casework import commands as c
from matpho.domain.people import PROGRAM, Person, Role
from matpho.errors import BadInput, NotAllowed
from matpho.web.answers import BadSignIn
from matpho.web.auth import check_password, csrf_for, new_token, token_hash
from matpho.web.context import Caller, Context, Here
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas.session import SessionBody, SessionChange, SetupForm, SignIn, me
from matpho.web.security import SESSION_COOKIE, VISIT_COOKIE

router = APIRouter(prefix="/api", tags=["session"])


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _set_cookie(here: Context, request: Request, response: Response, name: str, token: str) -> None:
    secure = here.parts.options.https or request.url.scheme == "https"
    response.set_cookie(name, token, httponly=True, samesite="strict", secure=secure, path="/")


def _body(here: Context, person: Person | None, csrf: str) -> SessionBody:
    with here.parts.store.read() as unit:
        needs_setup = person is None and not unit.people.all()
    return SessionBody(
        needs_setup=needs_setup,
        person=me(person) if person else None,
        csrf=csrf,
        ward_name=here.parts.views.ward_name() or here.parts.options.ward_name,
        version=__version__,
        demo=here.parts.options.demo,
        time_zone=here.parts.options.time_zone,
    )


def _begin(here: Context, request: Request, response: Response, person: Person) -> SessionBody:
    token = here.sessions.start(person, request.cookies.get(SESSION_COOKIE))
    here.look_again()
    _set_cookie(here, request, response, SESSION_COOKIE, token)
    response.delete_cookie(VISIT_COOKIE, path="/")
    return _body(here, person, csrf_for(token))


@router.get("/session", operation_id="get_session", openapi_extra=least(None))
def get_session(here: Here, request: Request, response: Response) -> SessionBody:
    """Who is signed in, and what the page needs before anything else."""
    token = request.cookies.get(SESSION_COOKIE)
    visitor = here.sessions.find(token)
    if visitor is not None and token is not None:
        return _body(here, visitor.person, csrf_for(token))
    if token is not None:
        response.delete_cookie(SESSION_COOKIE, path="/")
    visit = request.cookies.get(VISIT_COOKIE)
    if not visit or len(visit) > 100:
        visit = new_token()
        _set_cookie(here, request, response, VISIT_COOKIE, visit)
    return _body(here, None, csrf_for(visit))


@router.post(
    "/session", operation_id="sign_in", openapi_extra=least(None), responses=errors(401, 403, 422, 429), status_code=200
)
def sign_in(here: Here, request: Request, response: Response, form: SignIn) -> SessionBody:
    """Sign in. After five failures each further one of a name doubles the wait."""
    address = _address(request)
    here.throttle.attempt(form.login, address)
    person = here.sessions.check(form.login, form.password)
    if person is None:
        raise BadSignIn
    here.throttle.fits(form.login, address)
    return _begin(here, request, response, person)


@router.delete(
    "/session", operation_id="sign_out", openapi_extra=least(Role.OBSERVER), responses=errors(401, 403), status_code=204
)
def sign_out(here: Here, request: Request, response: Response, _caller: Caller) -> None:
    """Sign out; open streams of this session end."""
    here.sessions.end(request.cookies.get(SESSION_COOKIE))
    here.look_again()
    response.delete_cookie(SESSION_COOKIE, path="/")


@router.patch(
    "/session",
    operation_id="change_session",
    openapi_extra=least(Role.OBSERVER),
    responses=errors(401, 403, 422, 429),
)
def change_session(here: Here, request: Request, form: SessionChange, caller: Caller) -> SessionBody:
    """Change one's own language or password. A new password ends one's other sessions."""
    kept = None
    if form.password is not None:
        login, address = caller.person.login, _address(request)
        here.throttle.attempt(login, address)
        if not here.sessions.passwords.verify(caller.person.password_hash, form.old_password or ""):
            raise BadInput("The old password is wrong.", "Mật khẩu cũ không đúng.")
        here.throttle.fits(login, address)
        check_password(form.password, login)
        kept = here.sessions.passwords.hash(form.password)
    command = c.ChangeSelf(language=form.language, password_hash=kept, keep_session=caller.session)
    here.parts.desk.handle(command, caller.actor)
    here.look_again()
    with here.parts.store.read() as unit:
        person = unit.people.get(caller.person.id)
    return _body(here, person, csrf_for(request.cookies[SESSION_COOKIE]))


@router.post("/setup", operation_id="set_up", openapi_extra=least(None), responses=errors(403, 422, 429))
def set_up(here: Here, request: Request, response: Response, form: SetupForm) -> SessionBody:
    """Name the ward and open the first account, an administrator's, with the printed link; it works once."""
    here.throttle.attempt("/setup", _address(request))
    hashed = token_hash(form.token)
    with here.parts.store.read() as unit:
        holds = not unit.people.all() and unit.people.setup_open(hashed, here.parts.clock.now())
    if not holds:
        raise NotAllowed(
            "This set-up link does not hold (any more).", "Liên kết thiết lập không đúng hoặc đã hết hiệu lực."
        )
    here.throttle.fits("/setup", _address(request))
    check_password(form.password, form.login)
    command = c.SetUp(
        token_hash=hashed,
        ward_name=form.ward_name,
        login=form.login,
        name=form.name,
        password_hash=here.sessions.passwords.hash(form.password),
    )
    here.parts.desk.handle(command, PROGRAM)
    person = here.parts.views.person_by_login(form.login)
    assert person is not None
    return _begin(here, request, response, person)
