from __future__ import annotations

from uuid import UUID

from hmi.domain.alarms import AlarmDefinition, AlarmType, Priority
from hmi.domain.alarms.implied import implied_alarms
from hmi.domain.alarms.subjects import subject_name
from tests.support.plants import CATALOGUE, LINK_LOST, LOW_LEVEL


def test_each_alarm_is_about_something_with_a_name_and_one_of_nothing_has_none() -> None:
    assert subject_name(CATALOGUE, LOW_LEVEL) == "Tank level"
    assert subject_name(CATALOGUE, LINK_LOST) == "North server"
    assert all(subject_name(CATALOGUE, alarm) for alarm in implied_alarms(CATALOGUE))
    assert subject_name(CATALOGUE, AlarmDefinition(UUID(int=77), UUID(int=78), AlarmType.HIGH, Priority.LOW)) == ""
