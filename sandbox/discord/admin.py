"""What the administrator of the sandbox can change beside the world itself: time, faults, limits and the gateway."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sandbox.discord.gateway import Gateway
from sandbox.discord.http.faults import Fault, Faults
from sandbox.discord.http.files import FileStore
from sandbox.discord.http.rate_limits import Limit, RateLimiter
from sandbox.discord.interactions.interactions import InteractionHandler
from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages.nonces import NonceMemory
from sandbox.discord.rest.account import AccountRoutes
from sandbox.discord.world.clock import SandboxClock

Action = Callable[[JsonObject], Awaitable[JsonObject]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """Each public method named in `actions` takes control's JSON and answers JSON.

    A `LookupError` or `ValueError` tells what the JSON named wrongly.
    """

    clock: SandboxClock
    gateway: Gateway
    files: FileStore
    desk: InteractionHandler
    nonces: NonceMemory
    faults: Faults
    limiter: RateLimiter
    account: AccountRoutes

    def actions(self) -> dict[str, Action]:
        """Return the actions by their names in the control's paths."""
        return {
            "advance": self.advance,
            "fault": self.fault,
            "clear_faults": self.clear_faults,
            "nonce_memory": self.nonce_memory,
            "rate_limits": self.rate_limits,
            "shards": self.shards,
            "gateway": self.steer_gateway,
            "sessions": self.sessions,
            "session_starts": self.session_starts,
            "attachment_lifetime": self.attachment_lifetime,
        }

    async def advance(self, payload: JsonObject) -> JsonObject:
        """Let `seconds` pass: addresses, tokens and nonces age; overdue interactions fail."""
        self.clock.advance(float(payload["seconds"]))
        self.desk.fail_overdue()
        return {}

    async def fault(self, payload: JsonObject) -> JsonObject:
        """Set a fault, by the names of its fields."""
        self.faults.add(Fault.model_validate(payload))
        return {}

    async def clear_faults(self, _payload: JsonObject) -> JsonObject:
        self.faults.clear()
        return {}

    async def nonce_memory(self, payload: JsonObject) -> JsonObject:
        """Remember enforced nonces for `seconds`."""
        self.nonces.lifetime = float(payload["seconds"])
        return {}

    async def rate_limits(self, payload: JsonObject) -> JsonObject:
        """Switch limits by `enabled`, or give a `bucket` another `limit` `per` seconds; answer what they did so far."""
        if "enabled" in payload:
            self.limiter.enabled = payload["enabled"] is True
        if "bucket" in payload:
            limit = Limit(limit=int(payload["limit"]), per=float(payload["per"]))
            self.limiter.adjust(payload["bucket"], limit)
        return {"passed": self.limiter.passed, "refused": self.limiter.refused}

    async def shards(self, payload: JsonObject) -> JsonObject:
        """Advise `count` shards from now on."""
        self.account.shards = int(payload["count"])
        return {}

    async def steer_gateway(self, payload: JsonObject) -> JsonObject:
        """Do `what`: drop (with `code` or abruptly), reconnect, invalidate (`resumable`), refuse_resume (`on`).

        Or refuse_identify: close with `code` whoever identifies, without a code no longer. Or deliveries: tell of each
        interaction `count` times.
        """
        match payload["what"]:
            case "drop":
                self.gateway.drop(payload.get("shard"), code=payload.get("code"))
            case "reconnect":
                self.gateway.request_reconnect()
            case "invalidate":
                self.gateway.invalidate(payload.get("resumable") is True)
            case "refuse_resume":
                self.gateway.refuse_resume = payload["on"] is True
            case "refuse_identify":
                code = payload.get("code")
                self.gateway.refuse_identify = None if code is None else int(code)
            case "deliveries":
                self.gateway.deliveries = int(payload["count"])
            case other:
                raise ValueError(f"the gateway cannot {other!r}")
        return {}

    async def sessions(self, _payload: JsonObject) -> JsonObject:
        """Answer how the gateway's sessions stand."""
        return {
            "sessions": [
                {"shard": each.shard, "seq": each.seq, "connected": each.connected} for each in self.gateway.sessions
            ]
        }

    async def session_starts(self, payload: JsonObject) -> JsonObject:
        """Leave the bot `remaining` starts of sessions for `reset_after` seconds."""
        self.gateway.starts.limit(int(payload["remaining"]), float(payload["reset_after"]))
        return {}

    async def attachment_lifetime(self, payload: JsonObject) -> JsonObject:
        """Keep the attachments of interactions, those there are already too, for `seconds`."""
        self.files.interaction_lifetime = float(payload["seconds"])
        return {}
