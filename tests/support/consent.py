"""Members who have accepted the notice before their first images, for tests that are about something else."""

from bot.requests.consent import ConsentStore


class GivenConsents(ConsentStore):
    """Everybody's consent, as if given long ago."""

    def __init__(self) -> None:
        """Do without a database."""

    async def given(self, member_id: int) -> bool:
        return True
