"""Every page there is: who looks at it, under which addresses, or why nobody has to.

A page that links from the front page lead to is found by itself; any other takes one line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.domain.organisations import AUTHORITY
from tests.browser.offices import Office
from tests.conftest import USCC


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who looks at pages: for whom it acts, in which roles.

    It may carry a telephone as a second factor; it may claim a gift by the office's receipt.
    """

    login: str
    organisation: str = ""
    roles: tuple[str, ...] = ()
    telephone: bool = False
    claims: bool = False


NOBODY = Somebody("nobody")
HALF = Somebody("half", USCC, ("clerk",), telephone=True)
"""Who has typed the password, and not yet the code."""

CLERK = Somebody("clerk", USCC, ("clerk", "reviewer"))
ADMINISTRATOR = Somebody("administrator", USCC, ("administrator",), telephone=True)
TAX = Somebody("tax", AUTHORITY, ("tax-officer",))
COUNTY = Somebody("county", AUTHORITY, ("county-approver",))
FINANCE = Somebody("finance", AUTHORITY, ("finance-officer",))
DONOR = Somebody("donor", roles=("donor",), claims=True)


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as somebody looks at it, at addresses that name what stands in the office."""

    who: Somebody
    addresses: tuple[str, ...]

    def paths(self, office: Office) -> list[str]:
        """Return the addresses for an office."""
        known = {
            "fund": office.fund, "gift": office.gifts[0], "naming": office.naming,
            "draft": office.draft, "job": office.job, "hook": office.hook,
            "uscc": office.charity, **office.held(),
        }  # fmt: skip
        return [address.format(**known) for address in self.addresses]


INVITATION = "/invitation/{code}"

DESKS: Mapping[str, Seen] = {
    "/sign-in": Seen(NOBODY, ("/sign-in",)),
    INVITATION: Seen(NOBODY, (INVITATION,)),
    "/sign-in/second": Seen(HALF, ("/sign-in/second",)),
    "/account": Seen(CLERK, ("/account",)),
    "/account/confirm": Seen(CLERK, ("/account/confirm",)),
    "/account/people": Seen(ADMINISTRATOR, ("/account/people",)),
    "/desk": Seen(CLERK, ("/desk",)),
    "/desk/{group}/{verb}": Seen(
        CLERK,
        (
            "/desk/gifts/receive?fund={fund}",
            "/desk/gifts/receive-goods",
            "/desk/namings/propose",
            "/desk/gifts/return?gift={gift}",
        ),
    ),
    "/desk/recorded/{stream}/{version}": Seen(CLERK, ("/desk/recorded/{gift}/1",)),
    "/desk/charity": Seen(CLERK, ("/desk/charity",)),
    "/desk/import": Seen(CLERK, ("/desk/import",)),
    "/desk/jobs": Seen(CLERK, ("/desk/jobs",)),
    "/desk/jobs/{name}": Seen(CLERK, ("/desk/jobs/{job}",)),
    "/desk/queue": Seen(CLERK, ("/desk/queue",)),
    "/desk/drafts/{name}": Seen(CLERK, ("/desk/drafts/{draft}",)),
    "/desk/batches": Seen(CLERK, ("/desk/batches",)),
    "/desk/hooks": Seen(ADMINISTRATOR, ("/desk/hooks",)),
    "/desk/hooks/{name}": Seen(ADMINISTRATOR, ("/desk/hooks/{hook}",)),
    "/desk/names": Seen(COUNTY, ("/desk/names",)),
    "/desk/naming/{naming}": Seen(COUNTY, ("/desk/naming/{naming}",)),
    "/desk/organisations": Seen(FINANCE, ("/desk/organisations",)),
    "/desk/tax": Seen(TAX, ("/desk/tax", "/desk/tax?code={code}&number={number}")),
    "/desk/my-gifts": Seen(DONOR, ("/desk/my-gifts",)),
    "/desk/my-gifts/claim": Seen(DONOR, ("/desk/my-gifts/claim",)),
    "/desk/my-gifts/{gift}": Seen(DONOR, ("/desk/my-gifts/{gift}",)),
    "/desk/my-gifts/{gift}/shown": Seen(DONOR, ("/desk/my-gifts/{gift}/shown",)),
    "/desk/my-gifts/worksheet": Seen(DONOR, ("/desk/my-gifts/worksheet",)),
}
"""Pages of accounts, by the path of their route."""

PUBLIC: Mapping[str, tuple[str, ...]] = {
    "/problems/{name}": ("/problems/not-permitted",),
    "/log": ("/log?entry=0",),
    "/check": ("/check?code=00000000&number=1&check_code=x&issued_on=2026-01-01&amount=1",),
}
"""Public pages that no link leads to, or that look different when they are asked for something."""

ELSEWHERE: Mapping[str, str] = {
    "/receipts/{receipt}": "test_following_a_receipt.py",
    "/desk/batches/{name}": "test_batches.py",
    "/desk/batches/{name}/close": "test_batches.py",
    "/desk/batches/{name}/print": "test_batches.py",
}
"""Pages that another file of this folder looks at, where they are made."""

NOT_PAGES: Mapping[str, str] = {
    "/openapi.json": "a document for programs",
    "/portal.css": "a style sheet",
    "/icon.svg": "a picture",
    "/assets/{name}": "files of pages",
    "/search.csv": "a download",
    "/desk/batches/{name}/{file}.xlsx": "a download",
    "/desk/gifts/receive-batch": "leads on to the batches",
    "/desk/gifts/show": "leads on to the donor's gifts",
    "/trace": "leads on to the page of what was asked for",
    "/sign-in/by/{name}": "leads on to the organisation's own provider",
    "/sign-in/by/{name}/back": "leads back from the organisation's own provider",
}
"""What is asked for with GET, stands in no document for programs, and is no page: why."""
