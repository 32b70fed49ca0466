"""Messy lists: what is proposed, what is remembered, progress in steps, and undoing the whole of it."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app import clock, step_sizes
from app.database import db
from app.network import memberships
from app.network.finding import search
from app.network.imports import import_plans, import_runs, list_files, merges
from app.network.imports.import_rows import ImportRow
from app.network.imports.models import Import, ImportedPerson, ImportState
from app.network.models import Membership, Standing
from app.network.organisations import organisations
from app.network.people import job_positions, mailboxes, people
from app.network.people.models import EmailAddress, Person
from tests import factories
from tests.helpers import csrf, post, sign_in

pytestmark = pytest.mark.usefixtures("app")
HEAD = "Naam;E-mail;Organisatie;Rol;Functie\n"


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk")


def _read(network, content: str, mapping: dict | None = None) -> import_plans.ImportPlan:
    db.session.commit()
    plain = list_files.unpack_list("lijst.csv", content.encode())
    return import_plans.plan_import(network, "lijst.csv", plain, mapping)


def _import(network, content: str, mapping: dict | None = None, *, moves: bool = False) -> Import:
    kept = import_runs.keep_list(network, "lijst.csv", content.encode())
    kept.mapping = mapping or kept.mapping
    import_runs.queue_import(
        kept, import_plans.plan_import(network, "lijst.csv", content.encode(), kept.mapping), moves=moves
    )
    db.session.commit()
    import_runs.carry_on_imports()
    db.session.expire_all()
    return kept


def _only(plan: import_plans.ImportPlan) -> ImportRow:
    return next(row for rows in plan.rows.values() for row in rows)


def _rows(plan: import_plans.ImportPlan) -> list[ImportRow]:
    return sorted((row for rows in plan.rows.values() for row in rows), key=lambda row: row.number)


class TestProposals:
    @pytest.mark.parametrize(
        ("cell", "first", "more"),
        [
            ("a@oss.example; b@oss.example", "a@oss.example", ["b@oss.example"]),
            ("a@oss.example, b@oss.example", "a@oss.example", ["b@oss.example"]),
            ("a@oss.example / b@oss.example", "a@oss.example", ["b@oss.example"]),
            ("a@oss.example b@oss.example", "a@oss.example", ["b@oss.example"]),
            ("Jan Jansen <a@oss.example>", "a@oss.example", []),
            ("mailto:a@oss.example", "a@oss.example", []),
        ],
    )
    def test_more_addresses_in_a_cell(self, network, cell, first, more):
        row = _only(_read(network, f'{HEAD}Jan;"{cell}";;;\n'))
        assert (row.address, row.more_addresses, row.outcome) == (first, more, "new")

    @pytest.mark.parametrize(
        ("text", "name"),
        [("Den Bosch", "'s-Hertogenbosch"), ("Nuenen", "Nuenen, Gerwen en Nederwetten"), ("Osterhout", "Oosterhout")],
    )
    def test_misspelt_municipalities_are_proposed_and_remembered(self, network, text, name):
        content = f"{HEAD}Jan;jan@x.example;{text};;\n"
        plan = _read(network, content)
        assert (plan.wrong, plan.organisations, plan.proposals) == (1, {text: 1}, {text: name})

        chosen = {"organisations": {text: factories.organisation(name).id}}
        _import(network, content, chosen)

        again = _read(network, f"{HEAD}Piet;piet@x.example;{text};;\n", import_plans.remembered_mapping(network))
        assert _only(again).organisation.name == name

    def test_s_hertogenbosch_as_people_write_it(self, network):
        for text in ("'s Hertogenbosch", "s-Hertogenbosch", "’s-Hertogenbosch", "Gemeente 's-Hertogenbosch"):
            row = _only(_read(network, f"{HEAD}Jan;jan@x.example;{text};;\n"))
            assert row.organisation == factories.organisation("'s-Hertogenbosch"), text

    def test_a_municipality_that_went_up_in_another(self, network):
        row = _only(_read(network, f"{HEAD}Jan;jan@x.example;Uden;;\n"))
        assert (row.organisation.name, row.notes) == ("Maashorst", ["Uden is nu Maashorst."])

    def test_unknown_roles_are_chosen_once(self, network):
        content = f"{HEAD}Jan;jan@x.example;Oss;Hoofd Griffie;\n"
        assert _read(network, content).roles == {"Hoofd Griffie": 1}
        row = _only(_read(network, content, {"roles": {"Hoofd Griffie": "griffier"}}))
        assert (row.outcome, row.role.code) == ("new", "griffier")

    def test_the_address_says_where_somebody_works(self, network):
        organisations.set_domains(factories.organisation("Oss"), ["oss.example"])
        db.session.flush()
        row = _only(_read(network, f"{HEAD}Jan;jan@oss.example;;;\n"))
        assert (row.organisation.name, row.notes) == ("Oss", ["Oss volgens het mailadres."])

    def test_a_domain_of_two_organisations_says_nothing(self, network):
        for name in ("Oss", "Best"):
            organisations.set_domains(factories.organisation(name), ["samen.example"])
        db.session.flush()
        assert _only(_read(network, f"{HEAD}Jan;jan@samen.example;;;\n")).organisation is None

    def test_shared_mailboxes_are_pointed_out_and_belong_to_nobody(self, network):
        row = _only(_read(network, f"{HEAD}Griffie Oss;griffie@oss.example;Oss;;\n"))
        assert (row.outcome, "gedeeld postvak" in row.notes[0]) == ("new", True)
        _import(network, f"{HEAD}Griffie Oss;griffie@oss.example;Oss;;\n")
        two = f"{HEAD}Karin Smulders;griffie@oss.example;Oss;;\nJan Peters;griffie@oss.example;Oss;;\n"
        assert [row.outcome for row in _rows(_read(network, two))] == ["new", "new"]
        _import(network, two)
        behind = [each.name for each in mailboxes.who_is_behind("griffie@oss.example").everybody]
        assert behind == ["Griffie Oss", "Karin Smulders", "Jan Peters"]
        again = _rows(_read(network, two.replace("Jan Peters", "J. Peters")))
        assert [(row.outcome, row.person.name) for row in again] == [("same", "Karin Smulders"), ("same", "Jan Peters")]

    def test_another_name_at_somebodys_address_is_asked(self, network):
        els = factories.person("Els Bakker", address="els@oss.example", of=network)
        text = f"{HEAD}Els Smit;els@oss.example;;;\nJan Peters;els@oss.example;;;\n"
        plan = _read(network, text)
        assert plan.mailboxes == {"els@oss.example": ["Jan Peters"]}
        assert "van Els Bakker. Is Jan Peters dezelfde" in " ".join(_rows(plan)[1].problems)
        said = import_plans.plan_import(
            network, "lijst.csv", text.encode(), {"mailboxes": {"els@oss.example": "through"}}
        )
        assert [(row.person, row.outcome) for row in _rows(said)] == [(None, "new"), (None, "new")]
        same = text.replace("Jan Peters", "Els Bakker")
        found = import_plans.plan_import(
            network, "lijst.csv", same.encode(), {"mailboxes": {"els@oss.example": "through"}}
        )
        assert _rows(found)[1].person is els

    def test_addresses_of_two_people_in_one_row(self, network):
        factories.person("Een", address="een@x.example"), factories.person("Twee", address="twee@x.example")
        row = _only(_read(network, f'{HEAD}Een;"een@x.example; twee@x.example";;;\n'))
        assert row.problems == ["Deze adressen horen bij Een, Twee. Voeg hen eerst samen."]

    def test_a_known_name_with_a_new_address(self, network):
        factories.person("Sanne de Vries", at="Maashorst", of=network)
        row = _only(_read(network, f"{HEAD}Sanne de Vries;s@oss.example;Oss;;\n"))
        assert row.notes[-1].startswith("Er is al een Sanne de Vries (Maashorst).")

    def test_headings_of_any_name_are_pointed_out_and_remembered(self, network):
        content = "Wie;Bereikbaar via;Club\nJan;jan@x.example;Oss\n"
        with pytest.raises(import_plans.UnreadableFile):
            _read(network, content)
        columns = {"Wie": "name", "Bereikbaar via": "address", "Club": "organisation"}
        _import(network, content, {"columns": columns})
        plan = _read(
            network, "Wie;Bereikbaar via;Club\nPiet;piet@x.example;Best\n", import_plans.remembered_mapping(network)
        )
        assert (plan.new, _only(plan).organisation.name) == (1, "Best")

    def test_address_books(self, network):
        cards = (
            "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Vries;Sanne;de;;\r\nFN:Sanne de Vries\r\nORG:Oss;Data\r\nTITLE:strateeg\r\n"
            "EMAIL;TYPE=WORK:s@oss.example\r\nEMAIL;TYPE=PREF:sanne@oss.example\r\nEND:VCARD\r\n"
            "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Zonder Adres\r\nEND:VCARD\r\n"
        )
        db.session.commit()
        plan = import_plans.plan_import(network, "boek.vcf", cards.encode())
        row = plan.rows["new"][0]
        assert (row.name, row.address, row.more_addresses) == ("Sanne de Vries", "sanne@oss.example", ["s@oss.example"])
        assert (row.organisation.name, row.role.code, plan.wrong) == ("Oss", "strateeg", 1)

    @pytest.mark.parametrize("content", [b"BEGIN:VCARD\r\nFN:X\r\n", b"BEGIN:VCARD\r\n\xff\xfe;;;\r\nEND:VCARD"])
    def test_broken_address_books_say_so(self, network, content):
        db.session.commit()
        with pytest.raises(import_plans.UnreadableFile):
            import_plans.plan_import(network, "boek.vcf", content)


class TestCarryingOut:
    def test_steps_go_on_after_a_stop(self, network, monkeypatch):
        monkeypatch.setattr(import_plans, "BATCH", 3)
        content = HEAD + "".join(f"Mens {n};m{n}@x.example;Oss;;\n" for n in range(8))
        kept = import_runs.keep_list(network, "lijst.csv", content.encode())
        import_runs.queue_import(kept, _read(network, content))
        db.session.commit()

        class Stopped(Exception):
            pass

        def stop(done, total):
            if done == 3:
                raise Stopped

        with pytest.raises(Stopped):
            import_runs.carry_out_import(kept, stop)
        db.session.rollback()
        db.session.expire_all()
        assert (kept.handled, kept.added, kept.state) == (3, 3, ImportState.QUEUED)

        import_runs.carry_on_imports()

        db.session.expire_all()
        assert (kept.handled, kept.added, kept.state, kept.content) == (8, 8, ImportState.DONE, None)
        assert db.session.scalar(sa.select(sa.func.count(Person.id))) == 8

    def test_another_worker_that_was_faster_is_left_to_it(self, network, monkeypatch):
        monkeypatch.setattr(import_plans, "BATCH", 2)
        content = HEAD + "".join(f"Mens {n};m{n}@x.example;Oss;;\n" for n in range(6))
        kept = import_runs.keep_list(network, "lijst.csv", content.encode())
        import_runs.queue_import(kept, _read(network, content))
        db.session.commit()
        others = sa.update(Import).values(handled=4).execution_options(synchronize_session=False)

        def other_goes_on(done, total):
            db.session.execute(others)
            db.session.commit()

        assert import_runs.carry_out_import(kept, other_goes_on) == 2
        db.session.expire_all()
        assert (kept.handled, kept.state, db.session.scalar(sa.select(sa.func.count(Person.id)))) == (
            4,
            ImportState.QUEUED,
            2,
        )

    def test_moved_people_keep_their_history_when_the_organiser_says_so(self, network):
        person = factories.person("Anna", at="Maashorst", role="bestuurder", of=network)
        person.positions[0].starts_on = date(2022, 3, 1)
        content = f"{HEAD}Anna;{person.email};Oss;Bestuurder;\n"
        assert _only(_read(network, content)).changes == ["functie bij Oss (nu: Maashorst)"]

        _import(network, content, moves=True)

        positions = [(each.organisation.name, job_positions.is_held_on(each)) for each in person.positions]
        assert positions == [("Maashorst", False), ("Oss", True)]

    def test_without_saying_so_both_positions_hold(self, network):
        person = factories.person("Anna", at="Maashorst", of=network)
        _import(network, f"{HEAD}Anna;{person.email};Oss;;\n")
        assert [job_positions.is_held_on(each) for each in person.positions] == [True, True]

    @pytest.mark.parametrize("slow", [99, 0], ids=["usual", "slow"])
    def test_people_are_saved_a_few_at_a_time_and_no_fewer_on_a_slow_machine(self, network, monkeypatch, slow):
        monkeypatch.setattr(import_runs, "STEP", 2)
        monkeypatch.setattr(step_sizes, "QUICK", 0)
        monkeypatch.setattr(step_sizes, "SLOW", slow)
        content = HEAD + "".join(f"Mens {n};m{n}@x.example;Oss;;\n" for n in range(5))
        kept = import_runs.keep_list(network, "lijst.csv", content.encode())
        import_runs.queue_import(kept, _read(network, content))
        handled = []
        assert import_runs.carry_out_import(kept, lambda done, total: handled.append(done)) == 5
        assert (handled, kept.added) == ([2, 4, 5], 5)

    def test_reading_takes_a_fixed_number_of_queries_a_batch(self, network, queries, monkeypatch):
        monkeypatch.setattr(import_runs, "STEP", 80)
        counts = []
        for size in (3, 80):
            content = HEAD + "".join(f"Mens {size} {n};m{size}-{n}@x.example;Oss;;\n" for n in range(size))
            kept = import_runs.keep_list(network, "lijst.csv", content.encode())
            import_runs.queue_import(kept, _read(network, content))
            db.session.commit()
            with queries() as seen:
                import_runs.carry_out_import(kept)
            counts.append(len([each for each in seen if each.startswith("SELECT")]))
        assert counts[1] <= counts[0] + 2


class TestUndoing:
    def test_all_is_as_before(self, network):
        known = factories.person("Anna Oud", at="Best", role="ambtenaar", of=network, address="anna@x.example")
        before = (known.name, known.language, [(each.organisation_id, each.ends_on) for each in known.positions])
        kept = _import(
            network,
            'Naam;E-mail;Organisatie;Taal\nAnna Nieuw;"anna@x.example; anna2@x.example";Oss;en\nBram;bram@x.example;Oss;nl\n',
            moves=True,
        )
        assert (known.name, known.language, len(known.addresses), len(known.positions)) == ("Anna Nieuw", "en", 2, 2)

        import_runs.ask_import_undo(kept)
        db.session.commit()
        import_runs.carry_on_imports()
        db.session.expire_all()

        assert (
            known.name,
            known.language,
            [(each.organisation_id, each.ends_on) for each in known.positions],
        ) == before
        assert list(db.session.scalars(sa.select(EmailAddress.key))) == ["anna@x.example"]
        assert list(db.session.scalars(sa.select(Person.name))) == ["Anna Oud"]
        standing = db.session.scalars(sa.select(Membership.standing)).all()
        assert (kept.state, kept.kept_back, standing) == (ImportState.UNDONE, 0, [Standing.MEMBER])

    def test_what_an_earlier_version_kept_is_brought_back(self, network):
        known = factories.person("Anna Oud", at="Best", role="ambtenaar", of=network, address="anna@x.example")
        kept = _import(network, "Naam;E-mail;Organisatie;Taal\nAnna;anna@x.example;Oss;en\n", moves=True)
        position = min(known.positions, key=lambda each: each.id)
        noted = db.session.scalars(sa.select(ImportedPerson)).one()
        noted.before = noted.before | {
            "positions": [
                {
                    "id": position.id,
                    "role_code": None,
                    "title": "Griffier",
                    "starts_on": "2025-02-28",
                    "ends_on": None,
                }
            ]
        }
        import_runs.ask_import_undo(kept)
        db.session.commit()
        import_runs.carry_on_imports()
        db.session.expire_all()
        assert [(each.title, each.role_code, each.starts_on, each.ends_on) for each in known.positions] == [
            ("Griffier", None, date(2025, 2, 28), None)
        ]

    @pytest.mark.parametrize("standing", [Standing.GUEST, Standing.LEFT, Standing.MEMBER])
    def test_everybody_belongs_to_the_network_as_before(self, network, standing):
        person = factories.person("Anna", of=network, address="anna@x.example")
        person.memberships[0].standing = standing
        kept = _import(network, f"{HEAD}Anna;anna@x.example;Oss;;\n")
        assert db.session.scalars(sa.select(Membership.standing)).one() == Standing.MEMBER
        import_runs.ask_import_undo(kept)
        db.session.commit()
        import_runs.carry_on_imports()
        assert db.session.scalars(sa.select(Membership.standing)).one() == standing

    def test_a_wish_for_no_mail_outlives_the_list(self, network):
        person = factories.person("Anna", address="anna@x.example")
        kept = _import(network, f"{HEAD}Anna;anna@x.example;Oss;;\n")
        memberships.unsubscribe_member(db.session.scalars(sa.select(Membership)).one())
        import_runs.ask_import_undo(kept)
        db.session.commit()
        import_runs.carry_on_imports()
        left = db.session.scalars(sa.select(Membership)).one()
        assert (left.person_id, left.standing, left.unsubscribed_at is not None) == (person.id, Standing.LEFT, True)

    def test_whoever_was_invited_since_stays(self, network):
        kept = _import(network, f"{HEAD}Anna;anna@x.example;Oss;;\nBram;bram@x.example;Oss;;\n")
        factories.invitation(
            factories.event(network), db.session.scalars(sa.select(Person).where(Person.name == "Anna")).one()
        )
        import_runs.ask_import_undo(kept)
        db.session.commit()
        import_runs.carry_on_imports()
        db.session.expire_all()
        assert (list(db.session.scalars(sa.select(Person.name))), kept.kept_back) == (["Anna"], 1)

    @pytest.mark.parametrize("goes", [True, False])
    def test_whoever_was_merged_since_stays_as_they_are(self, network, goes):
        listed = factories.person("Anna Eerst", address="anna@x.example", of=network)
        other = factories.person("Anna", of=network, address="ander@x.example")
        kept = _import(network, f"{HEAD}Anna Anders;anna@x.example;Oss;;\n")
        merges.merge_people(other, listed) if goes else merges.merge_people(listed, other)
        import_runs.ask_import_undo(kept)
        db.session.commit()
        import_runs.carry_on_imports()
        db.session.expire_all()
        stays = other if goes else listed
        assert (stays.name, kept.kept_back) == ("Anna" if goes else "Anna Anders", 1)
        assert {each.address for each in stays.addresses} == {"anna@x.example", "ander@x.example"}

    def test_after_a_month_it_stays_and_what_was_before_is_forgotten(self, network):
        factories.person("Anna Geheim", of=network, address="anna@x.example")
        kept = _import(network, f"{HEAD}Anna Anders;anna@x.example;Oss;;\n")
        assert "Anna Geheim" in str(db.session.scalars(sa.select(ImportedPerson.before)).one())
        assert import_runs.is_import_undoable(kept)
        kept.applied_at = clock.now() - timedelta(days=31)
        db.session.flush()
        import_runs.ask_import_undo(kept)
        assert (kept.state, import_runs.forget_old_imports()) == (ImportState.DONE, 1)
        db.session.expire_all()
        assert db.session.scalars(sa.select(ImportedPerson)).one().before == {}


def test_a_step_takes_as_many_statements_for_twice_as_many_people(network, queries):
    """But the people themselves, whom SQLite writes one by one since each has to know their number."""
    asked = {}
    for number in (import_runs.STEP // 2, import_runs.STEP):
        lines = (
            f"Anna {chr(97 + each) * (3 + number // import_runs.STEP)};a{number}.{each}@x.example;Oss;;\n"
            for each in range(number)
        )
        kept = import_runs.keep_list(network, "lijst.csv", (HEAD + "".join(lines)).encode())
        import_runs.queue_import(kept, import_plans.plan_import(network, "lijst.csv", kept.content, kept.mapping))
        db.session.commit()
        with queries() as seen:
            assert import_runs.carry_out_import(kept) == number
        asked[number] = sum(not each.startswith("INSERT INTO people") for each in seen)
    assert len(set(asked.values())) == 1, asked


def test_people_who_are_new_are_kept_alike_alone_and_together(network):
    """With one address they are written together, with two each by themselves; the same of them stands in every table."""
    both = "Drs. Anna de Wit;{};Oss;wethouder;wethouder Wonen\n"
    _import(network, HEAD + both.format("anna@x.example") + both.format('"ans@y.example, ans@z.example"'))
    first, second = db.session.scalars(sa.select(Person).order_by(Person.id)).all()
    apart = {"id", "created_at", "changed_at"}
    columns = [each.key for each in sa.inspect(Person).column_attrs if each.key not in apart]
    assert {key: getattr(first, key) for key in columns} == {key: getattr(second, key) for key in columns}
    for rows in zip(first.positions, second.positions, strict=True):
        assert (
            len({(each.organisation_id, each.role_code, each.title, each.starts_on, each.ends_on) for each in rows})
            == 1
        )
    assert [(each.network_id, each.standing) for each in first.memberships] == [(network.id, Standing.MEMBER)]
    assert [(each.network_id, each.standing) for each in second.memberships] == [(network.id, Standing.MEMBER)]
    assert [[each.address for each in person.addresses] for person in (first, second)] == [
        ["anna@x.example"],
        ["ans@y.example", "ans@z.example"],
    ]
    assert [each.id for each in search.search_everywhere("wit").people] == [first.id, second.id]


def test_erasing_somebody_takes_what_a_list_changed_of_them(network):
    person = factories.person("Anna Geheim", of=network, address="anna@x.example")
    _import(network, f"{HEAD}Anna Anders;anna@x.example;Oss;;\n")
    assert "Anna Geheim" in str(db.session.scalars(sa.select(ImportedPerson.before)).one())
    people.erase_person(person)
    db.session.commit()
    assert db.session.scalars(sa.select(ImportedPerson.before)).one() == {}


class TestPages:
    def _upload(self, client, content: str):
        import io

        page = "/organise/networks/netwerk/import"
        file = (io.BytesIO(content.encode()), "lijst.csv")
        return client.post(page, data={"csrf_token": csrf(client, page), "file": file}).location

    def test_from_a_messy_list_to_people_and_back(self, client, network):
        sign_in(client, factories.account(network))
        address = self._upload(
            client, "Wie;Mail;Club;Rol\nJan;jan@x.example;Den Bosch;Baas\nPiet;piet@x.example;Oss;Griffier\n"
        )
        assert "Wijs aan in welke kolommen de naam en het mailadres staan." in client.get(address).text

        columns = {"heading-0": "Wie", "column-0": "name", "heading-1": "Mail", "column-1": "address"}
        columns |= {"heading-2": "Club", "column-2": "organisation", "heading-3": "Rol", "column-3": "role"}
        post(client, f"{address}/mapping", page=address, **columns)
        page = client.get(address).text
        assert "1 nieuw, 0 gewijzigd, 0 hetzelfde, 1 niet goed." in page
        assert "‘Den Bosch’" in page

        bosch = factories.organisation("'s-Hertogenbosch")
        chosen = {"organisation-0": "Den Bosch", "organisation-0-is": str(bosch.id)}
        chosen |= {"role-0": "Baas", "role-0-is": "bestuurder"}
        post(client, f"{address}/mapping", page=address, **chosen)
        assert "2 nieuw, 0 gewijzigd, 0 hetzelfde, 0 niet goed." in client.get(address).text

        post(client, address, rows="all")
        assert "0 van 2 rijen." in client.get(address).text
        import_runs.carry_on_imports()
        done = client.get(address).text
        assert ("2 mensen toegevoegd" in done, "Draai de hele lijst terug" in done) == (True, True)

        post(client, f"{address}/undo", page=address)
        import_runs.carry_on_imports()
        assert "Wat de lijst bracht, is weer weg." in client.get(address).text
        assert db.session.scalar(sa.select(sa.func.count(Person.id))) == 0

    def test_a_list_of_another_network_is_not_there(self, client, network):
        kept = import_runs.keep_list(factories.network(), "x.csv", f"{HEAD}Jan;jan@x.example;;;\n".encode())
        sign_in(client, factories.account(network))
        assert client.get(f"/organise/networks/netwerk/import/{kept.id}").status_code == 404
