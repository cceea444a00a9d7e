"""Which limits count for a member: everybody's, or the most generous of their roles'."""

from decimal import Decimal

from bot.gate.limits import member_limits, terms_for
from bot.settings.model import ChannelSettings, GuildSettings, Limits

BOOSTER, GUEST, OTHER = 1, 2, 3
CHANNEL = 20


def test_without_a_role_that_has_limits_everybodys_count() -> None:
    settings = GuildSettings(member_limits=Limits(per_day=3), role_limits={BOOSTER: Limits(per_day=10)})
    assert member_limits(settings, {OTHER}).per_day == 3


def test_a_roles_limits_count_instead_of_everybodys_even_where_they_are_lower() -> None:
    settings = GuildSettings(member_limits=Limits(per_day=3), role_limits={GUEST: Limits(per_day=1)})
    assert member_limits(settings, {GUEST, OTHER}).per_day == 1


def test_of_several_roles_the_most_generous_counts_for_each_kind_of_limit() -> None:
    roles = {BOOSTER: Limits(per_day=10, at_once=1), GUEST: Limits(per_day=1, at_once=4)}
    limits = member_limits(GuildSettings(role_limits=roles), {BOOSTER, GUEST})
    assert (limits.per_day, limits.at_once) == (10, 4)


def test_what_a_role_says_nothing_of_is_as_for_everybody() -> None:
    base = Limits(per_day=3, per_week=9)
    settings = GuildSettings(member_limits=base, role_limits={BOOSTER: Limits(per_day=10), GUEST: Limits(per_week=2)})
    assert member_limits(settings, {BOOSTER, GUEST}) == Limits(per_day=10, per_week=9)


def test_a_limit_of_nothing_is_a_limit_and_none_is_not() -> None:
    settings = GuildSettings(role_limits={GUEST: Limits(per_day=0)})
    assert member_limits(settings, {GUEST}).per_day == 0
    assert member_limits(settings, {OTHER}).per_day is None


def test_the_channels_own_limit_and_the_servers_caps_are_part_of_the_terms() -> None:
    settings = GuildSettings(
        at_once=5,
        spend_per_day_usd=Decimal(20),
        spend_per_month_usd=Decimal(100),
        channel_settings={CHANNEL: ChannelSettings(per_day=2)},
    )
    terms = terms_for(settings, role_ids=(), channel_id=CHANNEL)
    assert (terms.per_day_here, terms.server_at_once) == (2, 5)
    assert (terms.server_usd_per_day, terms.server_usd_per_month) == (20, 100)
    assert terms_for(settings, role_ids=(), channel_id=CHANNEL + 1).per_day_here is None
