"""Pages of hooks: what is sent where, a signed example before one is added, the last answers."""

from __future__ import annotations

from collections.abc import Callable
from secrets import token_urlsafe
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from api.desk.telling import FOLLOWING, MAIN
from api.hooks import asking, words
from api.hooks.asking import FIRST, Asked
from api.hooks.example import example_for
from api.hooks.telling import answers_of
from api.people.dependencies import Person
from api.rendering import page
from api.routes.hooks import PRIVATE, HookId
from api.routes.jobs import Home
from api.wiring import House
from ledger.domain.acting import Acting
from ledger.domain.events import TOPICS
from ledger.errors import LedgerError, Unreadable
from ledger.proof.standard_webhooks import shown as secret_shown
from ledger.store.hooks import ACTIVE, Hook

ADD, PREVIEW = "add", "preview"
NOW, BEGINNING = "now", "beginning"
OURS = "ours"
router = APIRouter(prefix="/desk/hooks", include_in_schema=False)


class EntryUnreadable(Unreadable):
    """An entry of the log is a whole number."""

    def __init__(self) -> None:
        super().__init__(
            "请填条目序号，-1 表示从头 (write the index of an entry; -1 begins before the first)"
        )


class Typed:
    """What was typed into a form."""

    def __init__(self, fields: dict[str, str], topics: list[str]) -> None:
        self.fields, self.topics = fields, topics

    def asked(self, acting: Acting) -> Asked:
        """Return what is asked for."""
        charity = acting.organisation if self.fields.get("charity") == OURS else ""
        after = FIRST if self.fields.get("start") == BEGINNING else None
        url = self.fields.get("url", "").strip()
        return Asked(url, tuple(self.topics), charity, after)

    @property
    def after(self) -> int:
        """The entry to be led back to."""
        try:
            return int(self.fields.get("after", ""))
        except ValueError:
            raise EntryUnreadable from None


async def typed(request: Request) -> Typed:
    """Read a form."""
    form = await request.form()
    fields = {name: str(value) for name, value in form.items()}
    return Typed(fields, [str(one) for one in form.getlist("topics")])


Sent = Annotated[Typed, Depends(typed)]


@router.get("")
def list_hooks(request: Request, home: Home, acting: Person) -> Response:
    """Show the hooks of the organisation, and the form that adds one."""
    return _list(request, home, acting, Typed({}, []))


@router.post("")
def add_hook(request: Request, home: Home, acting: Person, sent: Sent) -> Response:
    """Show a signed example of what would be sent, or add the hook and show its secret, once."""
    try:
        if sent.fields.get("step") != ADD:
            hook = asking.described(home, acting, sent.asked(acting))
            return _list(request, home, acting, sent, example=example_for(home, hook))
        key = sent.fields.get("idempotency_key") or token_urlsafe(16)
        hook, secret = asking.add(home, acting, sent.asked(acting), key)
    except LedgerError as error:
        asking.check_changing(acting)
        return _list(request, home, acting, sent, error=error, status=409)
    return _one(request, acting, hook, secret=secret)


@router.get("/{name}")
def show_hook(request: Request, home: Home, acting: Person, name: HookId) -> Response:
    """Show how far a hook has come, and what its receiver answered lately."""
    return _one(request, acting, asking.find(home, acting, name))


@router.post("/{name}/pause")
def pause(home: Home, acting: Person, name: HookId) -> Response:
    """Let nothing be sent until it is resumed."""
    return _on(asking.pause(home, acting, name))


@router.post("/{name}/resume")
def resume(home: Home, acting: Person, name: HookId) -> Response:
    """Let what waits be sent."""
    return _on(asking.resume(home, acting, name))


@router.post("/{name}/replay")
def replay(request: Request, home: Home, acting: Person, name: HookId, sent: Sent) -> Response:
    """Lead a hook back to an entry."""
    return _tried(
        request, home, acting, name, lambda: asking.replay(home, acting, name, sent.after)
    )


@router.post("/{name}/secret")
def renew_secret(request: Request, home: Home, acting: Person, name: HookId) -> Response:
    """Give a hook another secret, and show it, once."""
    if not acting.confirmed:
        place = f"/account/confirm?next=/desk/hooks/{name}"
        return RedirectResponse(place, 303, PRIVATE)
    hook, secret = asking.renew_secret(home, acting, name)
    return _one(request, acting, hook, secret=secret)


@router.post("/{name}/remove")
def remove(home: Home, acting: Person, name: HookId) -> Response:
    """Remove a hook."""
    asking.remove(home, acting, name)
    return RedirectResponse("/desk/hooks", 303, PRIVATE)


def _tried(
    request: Request, home: House, acting: Acting, name: str, change: Callable[[], Hook]
) -> Response:
    try:
        return _on(change())
    except (asking.AheadOfTheLog, EntryUnreadable) as error:
        return _one(request, acting, asking.find(home, acting, name), error=error, status=409)


def _on(hook: Hook) -> Response:
    return RedirectResponse(f"/desk/hooks/{hook.id}", 303, PRIVATE)


def _list(
    request: Request, home: House, acting: Acting, sent: Typed, *, status: int = 200, **more: Any
) -> Response:
    shown = {
        "hooks": asking.listed(home, acting),
        "changing": bool(acting.roles & asking.CHANGING),
        "typed": {"url": "", "charity": "", "start": NOW, **sent.fields},
        "chosen": sent.topics,
        "topics": [(topic, MAIN.get(topic) or FOLLOWING.get(topic)) for topic in sorted(TOPICS)],
        "key": sent.fields.get("idempotency_key") or token_urlsafe(16),
        "example": None,
        "error": None,
        **_words(),
        **more,
    }
    return page(request, "desk/hooks.html", shown, status=status, headers=PRIVATE)


def _one(
    request: Request, acting: Acting, hook: Hook, *, status: int = 200,
    secret: bytes | None = None, error: LedgerError | None = None,
) -> Response:  # fmt: skip
    shown = {
        "hook": hook,
        "active": hook.state == ACTIVE,
        "answers": answers_of(hook),
        "changing": bool(acting.roles & asking.CHANGING),
        "secret": secret_shown(secret) if secret else None,
        "error": error,
        **_words(),
    }
    return page(request, "desk/hook.html", shown, status=status, headers=PRIVATE)


def _words() -> dict[str, Any]:
    return {
        "states": words.STATES,
        "state_of": words.state_of,
        "why": words.WHY,
        "came_words": words.came_words,
    }
