"""A draft that nobody knows of can go; a network that came to its end is archived, and both can be undone or refused."""

import pytest
import sqlalchemy as sa

from app.database import db
from app.events import planning, programme
from app.events.models import Event, Question, Slot
from app.invitations.waves.models import Wave, WaveState
from app.network import archiving, joining
from app.network.joining import Entry
from app.network.models import Joining
from app.network.people.models import Language
from app.outbox.models import Message
from app.polls import polls
from tests import factories
from tests.helpers import post, sign_in


@pytest.fixture
def network(client):
    found = factories.network(slug="netwerk")
    sign_in(client, factories.account(found))
    return found


@pytest.fixture
def draft(network):
    event = factories.event(network, published=False, title="Probeersel")
    programme.save_slot(
        event, None, starts_at=event.starts_at, ends_at=None, title="Opening", description="",
        speakers=programme.read_speakers("An Ros, Oss"),
    )  # fmt: skip
    factories.wave(event, state=WaveState.DRAFT)
    db.session.commit()
    return event


class TestDeleting:
    def test_a_draft_goes_with_all_that_hangs_on_it(self, client, network, draft):
        page = f"/organise/events/{draft.slug}/delete"
        assert page in client.get(f"/organise/events/{draft.slug}/edit").text
        answer = post(client, page)
        assert "‘Probeersel’ is verwijderd." in client.get(answer.location).text
        counted = [
            db.session.scalar(sa.select(sa.func.count()).select_from(each)) for each in (Event, Slot, Question, Wave)
        ]
        assert counted == [0, 0, 0, 0]

    def test_a_mail_that_tried_a_text_out_does_not_keep_it(self, client, network, draft):
        wave = db.session.scalars(sa.select(Wave)).one()
        base = f"/organise/events/{draft.slug}/waves/{wave.id}"
        post(client, f"{base}/test", page=base)
        tried = db.session.scalars(sa.select(Message)).one()
        post(client, f"/organise/events/{draft.slug}/delete")
        db.session.refresh(tried)
        assert (tried.event_id, tried.wave_id) == (None, None)

    @pytest.mark.parametrize("hangs", ["invitation", "published", "cancelled"])
    def test_what_somebody_knows_of_stays(self, client, network, draft, hangs):
        if hangs == "invitation":
            factories.invitation(draft)
        else:
            planning.publish_event(draft)
        if hangs == "cancelled":
            planning.cancel_event(draft, "")
        db.session.commit()
        page = f"/organise/events/{draft.slug}"
        answer = post(client, f"{page}/delete")
        assert "Verwijderen kan niet meer" in client.get(answer.location).text
        assert db.session.get(Event, draft.id) is not None

    def test_every_table_that_points_at_a_session_goes_along_or_keeps_it(self, app):
        """A new table joins by its ondelete: CASCADE goes along, none keeps the session."""
        rules = {
            key.ondelete
            for table in db.metadata.tables.values()
            for key in table.foreign_keys
            if key.column is Event.__table__.c.id
        }
        assert rules == {None, "CASCADE", "SET NULL"}


class TestArchiving:
    def test_an_archived_network_begins_nothing_and_is_read_as_before(self, client, network, draft):
        past = factories.held(network, title="Van toen")
        db.session.commit()
        answer = post(client, "/organise/networks/netwerk/archive", page="/organise/networks/netwerk/settings")
        home = client.get(answer.location).text
        assert "Het netwerk is gearchiveerd." in home
        assert "Nieuwe sessie" not in home
        assert client.get(f"/events/{past.slug}").status_code == 200
        assert "Dit netwerk is afgerond." in client.get("/networks/netwerk").text

        with pytest.raises(archiving.Archived):
            planning.publish_event(draft)
        with pytest.raises(archiving.Archived):
            planning.copy_event(past, factories.start(40))
        with pytest.raises(archiving.Archived):
            polls.create_poll(network, "P", "", [], holds=False)
        network.joining = Joining.OPEN
        assert joining.may_join(network, "jan@oss.example") is Entry.NOT
        with pytest.raises(joining.NotForYou, match="archived"):
            joining.ask_to_join(network, "Jan", "jan@oss.example", Language("nl"))
        answer = post(client, f"/organise/events/{draft.slug}/publish", page=f"/organise/events/{draft.slug}")
        assert "Haal het eerst uit het archief" in client.get(answer.location).text

    @pytest.mark.parametrize("way", ["undo", "networks/netwerk/reopen"])
    def test_it_comes_back(self, client, network, way):
        settings = "/organise/networks/netwerk/settings"
        db.session.commit()
        post(client, "/organise/networks/netwerk/archive", page=settings)
        assert "Haal uit het archief" in client.get(settings).text
        post(client, f"/organise/{way}", page=settings)
        db.session.refresh(network)
        assert network.archived_at is None
        assert "Archiveer het netwerk" in client.get(settings).text

    def test_not_while_a_session_is_coming(self, client, network):
        factories.event(network, title="Nog te gaan")
        db.session.commit()
        answer = post(client, "/organise/networks/netwerk/archive", page="/organise/networks/netwerk/settings")
        assert "Nog te gaan" in client.get(answer.location).text
        assert network.archived_at is None
