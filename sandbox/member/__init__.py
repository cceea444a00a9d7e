"""Be a member of the local Discord: act as their client would, and see what they see.

async with Sandbox.connect(control_url) as sandbox:
    mira = sandbox.member("mira", channel="videos")
    result = await mira.slash("video", prompt="a fox", image1=Path("fox.png"))
    video = await mira.wait_for(lambda message: bool(message.attachments))
"""

from sandbox.member.admin import Admin
from sandbox.member.connection import ControlError, Event, NotOffered, Upload
from sandbox.member.member import InteractionResult, Member, Modal
from sandbox.member.messages import Attachment, Button, Media, Message
from sandbox.member.notice import accepts, past_notice
from sandbox.member.sandbox import Sandbox

__all__ = [
    "Admin",
    "Attachment",
    "Button",
    "ControlError",
    "Event",
    "InteractionResult",
    "Media",
    "Member",
    "Message",
    "Modal",
    "NotOffered",
    "Sandbox",
    "Upload",
    "accepts",
    "past_notice",
]
