"""How often something may be tried holds for all processes together, and nobody passes a guard that cannot count."""

import subprocess
import sys
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock, jobs, rate_counts
from app.accounts import accounts
from app.database import db
from app.extensions import limiter
from app.rate_counts import DatabaseStorage, RateCount, RateRefusal
from app.settings import ROOT
from app.upkeep import metrics
from app.web import doors
from tests import factories, noting
from tests.databases import SECRET_KEY
from tests.helpers import sign_in

REFUSED_AT = "account.show_own_account"


@pytest.fixture
def limited(app):
    app.config["WTF_CSRF_ENABLED"], limiter.enabled = False, True
    yield app
    app.config["WTF_CSRF_ENABLED"], limiter.enabled = True, False


def _join(app, address="192.0.2.7", slug="kring"):
    environ = {"REMOTE_ADDR": address}
    return app.test_client().post(f"/networks/{slug}/join", environ_base=environ).status_code


_OTHER_SERVER = """
import sys
from app import create_app
app = create_app()
app.config["WTF_CSRF_ENABLED"] = False
for _ in range(15):
    sent = app.test_client().post("/networks/kring/join", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    print(sent.status_code)
"""


def test_two_processes_count_together(limited, tmp_path):
    factories.network(slug="kring")
    db.session.commit()
    url = db.engine.url.render_as_string(hide_password=False)
    environ = noting.without_notes() | {"DATABASE_URL": url, "INSTANCE_PATH": str(tmp_path), "SECRET_KEY": SECRET_KEY}
    others = [
        subprocess.Popen([sys.executable, "-c", _OTHER_SERVER], cwd=ROOT, env=environ, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    together = [int(line) for other in others for line in other.communicate(timeout=60)[0].split()]
    assert sorted(together) == [422] * 20 + [429] * 10
    assert _join(limited) == 429


def test_no_address_is_kept_and_old_counts_go(limited):
    factories.network(slug="kring")
    assert _join(limited) == 422
    kept = db.session.scalars(sa.select(RateCount)).one()
    assert (len(kept.digest), kept.tries) == (64, 1)
    assert "192.0.2.7" not in kept.digest
    db.session.commit()
    assert jobs.do_jobs(["tidy_up"]).get("tidy_up", 0) == 0
    with time_machine.travel(clock.now() + timedelta(hours=1, seconds=1)):
        jobs.do_jobs(["tidy_up"])
    assert not db.session.scalars(sa.select(RateCount)).all()


def test_counting_begins_anew_when_its_time_is_over(app):
    storage = DatabaseStorage()
    assert [storage.incr("one", 60) for _ in range(3)] == [1, 2, 3]
    assert storage.incr("other", 60) == 1
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert [storage.incr("one", 60) for _ in range(2)] == [1, 2]


@pytest.mark.parametrize(("other", "answer"), [("2001:db8:1:2:ffff::9", 429), ("2001:db8:1:3::1", 422)])
def test_whoever_has_a_whole_network_of_addresses_counts_as_one(limited, other, answer):
    factories.network(slug="kring")
    assert [_join(limited, f"2001:db8:1:2::{number}") for number in range(1, 21)] == [422] * 20
    assert _join(limited, other) == answer


def test_nobody_passes_when_the_database_cannot_count(limited):
    factories.network(slug="kring")
    db.session.commit()
    with db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE rate_counts RENAME TO gone"))
    limited.testing = False
    try:
        assert _join(limited) in {500, 503}
        assert limited.test_client().get("/networks/kring/join").status_code == 200
    finally:
        limited.testing = True
        with db.engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE gone RENAME TO rate_counts"))


def test_who_only_looks_is_not_counted(limited):
    factories.network(slug="kring")
    limited.test_client().get("/networks/kring/join")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RateCount)) == 0
    assert rate_counts.forget_old_counts() == 0


@pytest.fixture
def patient(limited, monkeypatch):
    """Fifty requests a minute, which a process adds up by five at a time."""
    monkeypatch.setattr(doors, "MOST_A_MINUTE", 50)
    monkeypatch.setattr(rate_counts, "AT_ONCE", 5)
    monkeypatch.setattr(rate_counts, "_taken", {})
    return limited


def _another_process(monkeypatch) -> None:
    monkeypatch.setattr(rate_counts, "_taken", {})


def test_signed_in_pages_have_a_generous_limit_over_all_processes(patient, monkeypatch, queries, caplog):
    client, other = patient.test_client(), patient.test_client()
    for each in (client, other):
        sign_in(each, factories.account(factories.network()))
    page = "/organise/account"
    with queries() as seen:
        assert {client.get(page).status_code for _ in range(5)} == {200}
    assert not [each for each in seen if "rate_counts" in each], "who reads pages waits for no write"
    assert {client.get(page).status_code for _ in range(20)} == {200}
    _another_process(monkeypatch)
    assert [client.get(page).status_code for _ in range(36)] == [200] * 35 + [429]
    assert (client.get(page).status_code, other.get(page).status_code) == (429, 200)
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert client.get(page).status_code == 200
    assert set(db.session.execute(sa.select(RateRefusal.page, RateRefusal.number)).all()) == {(REFUSED_AT, 2)}
    assert f'leerkring_refused_too_often_total{{page="{REFUSED_AT}"}} 2.0' in metrics.write_metrics().decode()
    assert caplog.messages.count(f"refused at {REFUSED_AT}: asked too often") == 2
    assert "@" not in caplog.text


def test_so_has_the_api(patient):
    secret = accounts.make_api_token(factories.account(factories.network()), "Koppeling")
    headers = {"Authorization": f"Bearer {secret}"}
    answers = [patient.test_client().get("/api/v1/networks", headers=headers) for _ in range(56)]
    assert ({each.status_code for each in answers[:55]}, answers[55].status_code) == ({200}, 429)
    assert answers[55].json["code"] == 429


def test_what_is_refused_to_everybody_is_counted_too(limited):
    factories.network(slug="kring")
    assert [_join(limited) for _ in range(22)].count(429) == 2
    assert db.session.scalars(sa.select(RateRefusal.number)).all() == [2]
