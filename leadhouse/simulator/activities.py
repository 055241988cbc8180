"""Calls, mails and meetings, with leads and with customers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from leadhouse.simulator.draws import Draws

Channel = Literal["Call", "Email", "WhatsApp", "Meeting"]

CHANNELS: dict[Channel, int] = {"Call": 50, "Email": 32, "WhatsApp": 6, "Meeting": 12}
SUBJECTS: dict[Channel, tuple[str, ...]] = {
    "Call": ("Call", "Call: introduction", "Call - follow-up", "Sales call, 2nd try"),
    "Email": ("Email: price list", 'Email: RE: your "trial"', "Email"),
    "WhatsApp": ("WhatsApp: opening hours", "WhatsApp follow-up"),
    "Meeting": ("Meeting", "Demo: parent app", "Site visit"),
}
GOOD_CALLS = {"Interested": 5, "Connected": 5, "Meeting Scheduled": 2}
OTHER_CALLS = {"No answer": 6, "Left voicemail": 4, "Not interested": 3, "Wrong number": 1}
MINUTES = (15, 30, 30, 45, 60, 90)
PLANNED_SHARE = 0.15
LONGEST_PLAN = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Activity:
    """One call, mail or meeting.

    Args:
        entered: when somebody wrote it down: as done, or some days before as to be done.
        done: when it was done; a meeting: when it was over.
        channel: how.
        subject: what it is called.
        disposition: what came of a call; else empty.
        is_inbound: whether the other side called.
        minutes: how long a call or meeting took; 0 for mails.
    """

    entered: datetime
    done: datetime
    channel: Channel
    subject: str
    disposition: str
    is_inbound: bool
    minutes: int


def activity(draws: Draws, since: datetime, done: datetime, mood: float) -> Activity:
    """Anything.

    Args:
        draws: chance.
        since: it was not entered before.
        done: when it was done.
        mood: how likely a call went well.
    """
    channel = draws.weighted(CHANNELS)
    is_call = channel == "Call"
    plan = min(LONGEST_PLAN, done - since)
    is_planned = channel != "Meeting" and draws.chance(PLANNED_SHARE)
    return Activity(
        entered=done - timedelta(seconds=draws.below(int(plan.total_seconds()) + 1)) if is_planned else done,
        done=done,
        channel=channel,
        subject=draws.pick(SUBJECTS[channel]),
        disposition=draws.weighted(GOOD_CALLS if draws.chance(mood) else OTHER_CALLS) if is_call else "",
        is_inbound=draws.chance(0.2),
        minutes=draws.pick(MINUTES) if is_call or channel == "Meeting" else 0,
    )
