"""The bugs that the simulation has to find: each takes one guard away, or brings an old fault back."""

from typing import Final

from benchmarks.simulation.planting import Plant

TWICE_PAID: Final = "never paid twice"
TWICE_POSTED: Final = "never posted twice"
LOST: Final = "never lost"
DECIDED: Final = "nothing against a decision"
LIMITS: Final = "limits hold"
# By which of the simulation's checks a bug of each kind shows. Another check that comes first has found something else.
CHECKS: Final = {
    TWICE_PAID: ("at most one charge", "a paid run belongs to one job's intent"),
    TWICE_POSTED: ("at most one visible post",),
    LOST: (
        "what is delivered was posted",
        "a person was told why",
        "no video that is paid for is lost",
        "a job has the run that was charged for it",
        "a job that isn't over has something that will wake it",
        "every job ends",
    ),
    DECIDED: (
        "nothing is submitted after a decision against it",
        "nothing is posted after a decision against it",
        "nothing is shown that may not be",
        "what is withdrawn is gone",
    ),
    LIMITS: ("reservations and ledger agree", "never over the request budget", "the day's limit holds"),
}

PLANTS: Final = (
    Plant(
        name="lost-answer-is-a-no",
        promise=TWICE_PAID,
        module="bot.segmind.client",
        old="    if paid and lost.sent:\n        return errors.OutcomeUnknown(lost.reason)\n",
        new="",
    ),
    Plant(
        name="server-error-is-a-no",
        promise=TWICE_PAID,
        module="bot.segmind.refusals",
        old="    if paid and not (own and status in _REFUSED):\n",
        new="    if paid and status < HTTPStatus.BAD_REQUEST:\n",
    ),
    Plant(
        name="intent-sent-again-after-a-crash",
        promise=TWICE_PAID,
        module="bot.jobs.driving.driver",
        old="State.UNCONFIRMED if job.request_id is None else",
        new="State.WAITING if job.request_id is None else",
    ),
    Plant(
        name="history-believed-at-once",
        promise=TWICE_PAID,
        module="bot.jobs.steps.settling",
        old="            if waited > grace and not may_be_late:\n",
        new="            if not may_be_late or grace:\n",
    ),
    Plant(
        name="another-body-taken-for-its-own",
        promise=LOST,
        module="bot.jobs.history.reading",
        old="    if job.body is None or row.body != job.body:\n",
        new="    if job.body is None:\n",
    ),
    Plant(
        name="old-values-are-saved",
        promise=LIMITS,
        module="bot.jobs.storage.saving",
        old='jobs.c.version == bindparam("known_version")',
        new='bindparam("known_version") >= 0',
    ),
    Plant(
        name="posted-without-a-look",
        promise=TWICE_POSTED,
        module="bot.jobs.steps.posting",
        old="        found = await engine.posts.find(job)\n",
        new="        found = None\n",
    ),
    Plant(
        name="nonce-of-each-try",
        promise=TWICE_POSTED,
        module="bot.discord_api.sending",
        old="    return kind + _id(job.id) + _number(job.post_attempts)\n",
        new="    return kind + _id(job.id) + _number(job.version)\n",
    ),
    Plant(
        name="nonce-of-the-channel",
        promise=LOST,
        module="bot.discord_api.sending",
        old="    return kind + _id(job.id) + _number(job.post_attempts)\n",
        new="    return kind + _id(job.video_channel_id) + _number(job.post_attempts)\n",
    ),
    Plant(
        name="earlier-posts-not-sought",
        promise=TWICE_POSTED,
        module="bot.delivery.post_search",
        old="        for window in _earlier(job):\n",
        new="        for window in _earlier(job)[:0]:\n",
    ),
    Plant(
        name="paid-without-moderators",
        promise=DECIDED,
        module="bot.jobs.steps.preparing",
        old="job.awaits_review(ReviewMode.BEFORE_SPENDING)",
        new="job.forgotten",
    ),
    Plant(
        name="posted-without-moderators",
        promise=DECIDED,
        module="bot.jobs.steps.posting",
        old="job.awaits_review(ReviewMode.BEFORE_POSTING)",
        new="job.forgotten",
    ),
    Plant(
        name="objection-not-asked-before-paying",
        promise=DECIDED,
        module="bot.jobs.steps.submitting",
        old="            if (objection := await engine.standing.objection(job, seen)) is not None:\n"
        "                return await _objected(engine, job, objection)\n",
        new="",
    ),
    Plant(
        name="cancellation-forgotten-before-paying",
        promise=DECIDED,
        module="bot.jobs.steps.submitting",
        old="    if job.cancel_requested:\n        return await engine.move(job, State.CANCELLED)\n",
        new="",
    ),
    Plant(
        name="cancellation-forgotten-before-posting",
        promise=DECIDED,
        module="bot.jobs.steps.posting",
        old="    if job.cancel_requested:\n        return await engine.move(job, State.WITHHELD)\n",
        new="",
    ),
    Plant(
        name="takedown-leaves-the-post",
        promise=DECIDED,
        module="bot.moderation.decide",
        old="settling = both(self._settle_and_owe, also)",
        new="settling = both(None, also)",
    ),
    Plant(
        name="finished-jobs-not-resumed",
        promise=LOST,
        module="bot.jobs.driving.one_process",
        old="        unfinished = await self._engine.store.in_states(DRIVEN)\n",
        new="        unfinished = await self._engine.store.in_states(DRIVEN - {State.COMPLETED})\n",
    ),
    Plant(
        name="broken-step-ends-its-driver",
        promise=LOST,
        module="bot.jobs.driving.driver",
        old="                failure = error if await is_hopeless(engine, job, error) else None\n",
        new="                raise\n",
    ),
    Plant(
        name="lost-cards-not-sought",
        promise=LOST,
        module="bot.jobs.driving.owed",
        old="        for job in await see_to_cardless(engine):\n",
        new="        for job in (await see_to_cardless(engine))[:0]:\n",
    ),
    Plant(
        name="unreadable-history-is-an-absence",
        promise=LOST,
        module="bot.jobs.steps.following",
        old="            doubt.not_read(job, error)\n            return None\n",
        new="            doubt.not_read(job, error)\n"
        "            return await engine.move(job, State.FAILED, problem=Problem(code=ProblemCode.RECORD_GONE))\n",
    ),
    Plant(
        name="late-request-not-adopted",
        promise=LOST,
        module="bot.jobs.upkeep.reconciler",
        old="            if owner is not None:\n",
        new="            if owner is not None and owner.request_id is not None:\n",
    ),
    Plant(
        name="unclear-notice-counts-as-given",
        promise=LOST,
        module="bot.delivery.notices",
        old='            log.warning("notice_unclear", job=job.id, error=error.detail)\n',
        new="            await self._given(job)\n",
    ),
    Plant(
        name="spending-never-settled",
        promise=LIMITS,
        module="bot.jobs.storage.ledger",
        old="        await connection.execute(update(spending).where(today).values(usd=spending.c.usd + more))\n",
        new="        del today, more\n",
    ),
    Plant(
        name="day-without-a-limit",
        promise=LIMITS,
        module="bot.jobs.storage.ledger",
        old="    room = spending.c.usd + price <= literal(limits.per_day, Usd)\n",
        new="    room = spending.c.usd >= literal(NOTHING, Usd)\n",
    ),
    Plant(
        name="minute-of-45-seconds",
        promise=LIMITS,
        module="bot.segmind.budget",
        old="WINDOW: Final = 61.0",
        new="WINDOW: Final = 45.0",
    ),
)
