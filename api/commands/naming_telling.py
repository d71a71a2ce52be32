"""What the commands on names share: the name they are about, the day, a short answer."""

from __future__ import annotations

from datetime import date, datetime

from api.answers import Answer, facts
from api.arguments import OneLineParser
from api.times import BEIJING


def on_name(parser: OneLineParser) -> OneLineParser:
    """Let a command take the id of a name."""
    parser.add_argument("naming", metavar="ID")
    return parser


def today() -> date:
    """Return the day in Beijing."""
    return datetime.now(BEIJING).date()


def told(title: str, **data: object) -> Answer:
    """Answer with a few facts."""
    return Answer(data, [facts(title, data)])
