"""Where the document and the live service are known to differ.

Each row names what a client in wide use (discord.py 2.7.1) sends and the live service takes, though the
document does not say so. A row excuses one rule at one place, and the report counts how often it did.
"""

import re
from dataclasses import dataclass

from sandbox.contract.findings import Finding, Side
from sandbox.contract.schemas import UNKNOWN

# Interaction callbacks carry the message one level down.
MESSAGE = r"(/data)?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    reason: str
    side: Side
    rule: str
    place: re.Pattern[str]  # of the whole general pointer
    route: re.Pattern[str] = re.compile(r".*")
    shown: re.Pattern[str] = re.compile(r".*")  # of the value's excerpt

    def excuses(self, finding: Finding) -> bool:
        return (
            finding.side == self.side
            and finding.rule == self.rule
            and self.place.fullmatch(finding.general) is not None
            and self.route.fullmatch(finding.route) is not None
            and self.shown.fullmatch(finding.excerpt) is not None
        )


KNOWN_DIFFERENCES = (
    Difference(
        reason="an id in a request may be an integer; discord.py counts new attachments 0, 1, 2 …",
        side=Side.REQUEST,
        rule="type",
        place=re.compile(
            rf"{MESSAGE}/(attachments/\*/id|allowed_mentions/(users|roles)/\*"
            r"|message_reference/(message|channel|guild)_id)|/recipient_id"
        ),
        shown=re.compile(r"\d+"),
    ),
    Difference(
        reason="an attachment that an edit keeps is sent back whole, though its id would do",
        side=Side.REQUEST,
        rule=UNKNOWN,
        place=re.compile(rf"{MESSAGE}/attachments/\*/(url|proxy_url|size|width|height|content_type|spoiler)"),
    ),
    Difference(
        reason="`tts: false` accompanies every edit, where only a new message can be spoken",
        side=Side.REQUEST,
        rule=UNKNOWN,
        place=re.compile(rf"{MESSAGE}/tts"),
        route=re.compile(r"PATCH .*|POST .*/callback"),
        shown=re.compile(r"false"),
    ),
    Difference(
        reason="the multipart body of a callback or a webhook's message carries files as any message's does",
        side=Side.REQUEST,
        rule=UNKNOWN,
        place=re.compile(r"/files\[\d\]"),
        route=re.compile(r"POST (.*/callback|/webhooks/.*)"),
    ),
    Difference(
        reason="`nsfw` of an application command is in the answer's schema and left out of the request's",
        side=Side.REQUEST,
        rule=UNKNOWN,
        place=re.compile(r"(/\*)?/nsfw"),
        route=re.compile(r"(PUT|POST|PATCH) /applications/.*/commands.*"),
    ),
    Difference(
        reason="an application still has its `summary`, always empty, which hikari and interactions.py ask for",
        side=Side.RESPONSE,
        rule=UNKNOWN,
        place=re.compile(r"/summary"),
        route=re.compile(r"GET /(oauth2/)?applications/@me"),
        shown=re.compile(r'""'),
    ),
    Difference(
        reason="codes in the details of a form error are words such as BASE_TYPE_REQUIRED, not numbers",
        side=Side.RESPONSE,
        rule="type",
        place=re.compile(r"/errors(/.+)?/_errors/\*/code"),
        shown=re.compile(r'"[A-Z_]+"'),
    ),
    Difference(
        reason="the body of a 429 names a `code` only where a limit has one of its own",
        side=Side.RESPONSE,
        rule="required",
        place=re.compile(r"/code"),
        shown=re.compile(r"\{.*\bretry_after\b.*\}"),
    ),
    *(
        Difference(
            reason="media channels (16) are told of in the guides, and a client offers them wherever forums (15) are",
            side=side,
            rule="oneOf",
            place=re.compile(r"(/\*)?(/options/\*)+/channel_types/\*"),
            route=re.compile(r".* /applications/.*/commands.*"),
            shown=re.compile(r"16"),
        )
        for side in (Side.REQUEST, Side.RESPONSE)
    ),
    *(
        Difference(
            reason="`file_types` of attachment options and file uploads are newer (August 2026) than the document",
            side=side,
            rule=UNKNOWN,
            place=re.compile(r"(/\*)?(/options/\*)+/file_types|/data/components/\*/component/file_types"),
            route=re.compile(r".* /applications/.*/commands.*|POST .*/callback"),
        )
        for side in (Side.REQUEST, Side.RESPONSE)
    ),
)


def difference_for(finding: Finding) -> Difference | None:
    return next((each for each in KNOWN_DIFFERENCES if each.excuses(finding)), None)
