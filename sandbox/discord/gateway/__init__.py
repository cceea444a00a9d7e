"""Discord's gateway, version 10, in JSON: events to bots over a WebSocket, with sessions that outlive it.

https://docs.discord.com/developers/events/gateway
"""

from sandbox.discord.gateway.protocol import CloseCode, Intent, Opcode
from sandbox.discord.gateway.server import Gateway
from sandbox.discord.gateway.session import SessionView
from sandbox.discord.gateway.source import GatewaySource

__all__ = ["CloseCode", "Gateway", "GatewaySource", "Intent", "Opcode", "SessionView"]
