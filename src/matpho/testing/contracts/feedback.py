"""What every store promises about proposals and about the light of incidents."""

from contextlib import closing
from dataclasses import replace

from matpho.domain.geometry import polygon
from matpho.domain.ids import CameraId, IncidentId, PersonId, ZoneId
from matpho.domain.observation import Light
from matpho.domain.proposal import Proposal, ProposalId, ProposalState, Weighed
from matpho.testing.builders import at, incident
from matpho.testing.contracts.store import Open


def proposals_come_back_as_they_were(opened: Open) -> None:
    """Every field, of a threshold and of a spot; newest first; by camera."""
    weighed = Weighed(spared=7, rejected=9, lost=0, confirmed=12, examples=(IncidentId("i1"),), light=Light.NIGHT)
    first = Proposal(
        id=ProposalId("p1"),
        camera_id=CameraId("a"),
        zone_id=ZoneId("z"),
        kind="illegal_dumping",
        setting="min_duration_s",
        new=35.0,
        weighed=weighed,
        since=at(0),
        made=at(10),
    )
    spot = polygon([(0.1, 0.1), (0.2, 0.1), (0.2, 0.2)])
    second = replace(first, id=ProposalId("p2"), camera_id=CameraId("b"), setting="", new=None, spot=spot, made=at(20))
    done = first.moved(ProposalState.DECLINED, at=at(30), who=PersonId("p"), reason="chưa rõ")
    with closing(opened()) as store:
        with store.write() as unit:
            for one in (first, second, done):
                unit.proposals.put(one)
        with store.read() as unit:
            assert unit.proposals.all() == (second, done)
            assert unit.proposals.all(CameraId("a")) == (done,)
            assert unit.proposals.get(ProposalId("p2")) == second
            assert unit.proposals.get(ProposalId("none")) is None


def an_incident_keeps_its_light(opened: Open) -> None:
    """As it was written down, or not."""
    dark, unknown = incident(light=Light.INFRARED), incident(id=IncidentId("other"))
    with closing(opened()) as store:
        with store.write() as unit:
            unit.incidents.add(dark)
            unit.incidents.add(unknown)
        with store.read() as unit:
            for one in (dark, unknown):
                found = unit.incidents.get(one.id)
                assert found is not None
                assert found.light is one.light


FEEDBACK_PROMISES = (proposals_come_back_as_they_were, an_incident_keeps_its_light)
