"""The one list of personal data: what, in which columns, of whom, why, on what ground, who sees it, how long, how it goes.

The privacy page, the register of processing, the DPIA, the copy of one's own data, erasing and the terms follow from it.
A column of text, JSON or bytes that stands neither here nor in FREE fails a test.
"""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.privacy.models import Term
from app.words import Worded


class Ground(Worded):
    """Why it is lawful (GDPR article 6; for special data article 9)."""

    PUBLIC_TASK = "public_task", _l("nodig voor een taak van algemeen belang (AVG, artikel 6, lid 1, onder e)")
    CONSENT = "consent", _l("je toestemming (AVG, artikel 6, lid 1, onder a)")
    EXPLICIT_CONSENT = "explicit_consent", _l("je uitdrukkelijke toestemming (AVG, artikel 9, lid 2, onder a)")
    LEGAL_DUTY = "legal_duty", _l("een wettelijke plicht: beveiliging (AVG, artikel 6, lid 1, onder c, en artikel 32)")


class Whose(Worded):
    """Of whom something is."""

    PEOPLE = "people", _l("mensen in een netwerk of met een uitnodiging")
    ASKING = "asking", _l("mensen die iets vragen zonder lid te zijn")
    CORRESPONDENTS = "correspondents", _l("mensen die ons mailen")
    COLLEAGUES = "colleagues", _l("organisatoren en beheerders")
    NAMED = "named", _l("mensen die een organisator noemt: sprekers, contactpersonen, mensen op foto's")


class SeenBy(Worded):
    """Who sees it."""

    TEAM = "team", _l("organisatoren van de netwerken waar je bij hoort")
    TEAM_COUNTED = (
        "team_counted",
        _l(
            "de keuken en de locatie alleen aantallen, zonder je naam; wie iets voor je moet regelen, kan opvragen van wie het "
            "is, en dat leggen we vast"
        ),
    )
    ORGANISERS = "organisers", _l("organisatoren van alle netwerken")
    PARTICIPANTS = "participants", _l("organisatoren, en wie bij de sessie was")
    TEAM_AND_MEMBERS = (
        "team_and_members",
        _l(
            "organisatoren van het netwerk, en leden die zijn ingelogd; zij zien je naam bij een antwoord alleen als jij dat "
            "goed vindt of de vraag stelden"
        ),
    )
    EVERYBODY = "everybody", _l("iedereen, op de openbare pagina's")
    ADMINISTRATORS = "administrators", _l("beheerders")
    MEMBERS = "members", _l("leden van het netwerk waar je dat koos")
    WHO_WAS_WRITTEN = "who_was_written", _l("wie het bericht krijgt, en organisatoren als die het meldt")
    MACHINE = "machine", _l("niemand: alleen het programma zelf")


class Leaving(Worded):
    """How it goes when somebody is erased."""

    DELETED = "deleted", _l("wordt gewist")
    BLANKED = "blanked", _l("de naam en de tekst worden gewist, het feit blijft geteld")
    NAME_REPLACED = "name_replaced", _l("de naam wordt vervangen, de tekst blijft")
    ANONYMOUS = "anonymous", _l("staat zonder naam en blijft")
    WITH_THE_ACCOUNT = "with_the_account", _l("gaat met het account")


@dataclass(frozen=True)
class PersonalData:
    """One kind of personal data."""

    what: LazyString
    columns: dict[str, str]
    """Columns with words in them, by table; tables whose rows only point to somebody have none."""
    whose: Whose
    why: LazyString
    ground: Ground
    seen_by: SeenBy
    term: Term | LazyString
    """How long it stays: a term that ends it by itself, or until when in words."""
    leaving: Leaving

    @property
    def special(self) -> bool:
        """Whether it may tell of health or belief (GDPR article 9)."""
        return self.ground == Ground.EXPLICIT_CONSENT


_AS_LONG_AS_SOMEBODY = _l("zolang je in een netwerk bent")
_WITH_THE_SESSION = _l("zolang de sessie bewaard blijft")
_WITH_THE_ACCOUNT = _l("zolang het account er is")
_A_DAY = _l("een dag")
_TO_UNDO = _l("30 dagen, zo lang als het ongedaan gemaakt kan worden")

PERSONAL_DATA = (
    PersonalData(
        _l("Je naam, roepnaam en taal"),
        {"people": "name call_name titles sort_name search_text", "search_words": "word", "search_variants": "variant"},
        Whose.PEOPLE, _l("om je uit te nodigen en aan te spreken"), Ground.PUBLIC_TASK, SeenBy.TEAM,
        _AS_LONG_AS_SOMEBODY, Leaving.DELETED,
    ),
    PersonalData(
        _l("Je mailadressen, en of mail daar aankomt"),
        {
            "email_addresses": "address key domain bounce", "bounces": "address status words",
            "address_changes": "before after", "address_claims": "address", "address_proposals": "address",
            "mail_circuit": "refused words",
        },
        Whose.PEOPLE, _l("om je te mailen, en om je te laten terugdraaien wat een ander aan je adres veranderde"),
        Ground.PUBLIC_TASK, SeenBy.TEAM, _AS_LONG_AS_SOMEBODY, Leaving.DELETED,
    ),
    PersonalData(
        _l("Je telefoonnummer, als een netwerk dat heeft"),
        {"people": "phone"},
        Whose.PEOPLE, _l("om je te bellen als mail niet aankomt"), Ground.PUBLIC_TASK, SeenBy.TEAM,
        _AS_LONG_AS_SOMEBODY, Leaving.DELETED,
    ),
    PersonalData(
        _l("Je functie bij een organisatie"),
        {"positions": "role_code title", "contact_persons": ""},
        Whose.PEOPLE, _l("om de juiste mensen uit te nodigen"), Ground.PUBLIC_TASK, SeenBy.TEAM,
        _AS_LONG_AS_SOMEBODY, Leaving.DELETED,
    ),
    PersonalData(
        _l("Bij welke netwerken je hoort, welke thema's je volgt en wat het netwerk over je noteerde"),
        {"memberships": "", "interests": "", "network_notes": "text", "digest_seen": "item", "doubles": "", "merge_requests": "", "stay_requests": ""},
        Whose.PEOPLE, _l("om te weten wie waarvoor wordt uitgenodigd"), Ground.PUBLIC_TASK, SeenBy.TEAM,
        _AS_LONG_AS_SOMEBODY, Leaving.DELETED,
    ),
    PersonalData(
        _l("Waarvoor je bent uitgenodigd, wat je antwoordde en of je er was"),
        {
            "invitations": "", "former_invitations": "", "invitation_history": "by_address words", "registrations": "", "slot_choices": "", "slot_wishes": "", "enrolments": "", "enrolment_days": "",
            "calendar_replies": "", "attendances": "role_code", "taps": "", "evaluation_tickets": "",
        },
        Whose.PEOPLE, _l("om de sessie te organiseren en te tellen wie er was"), Ground.PUBLIC_TASK, SeenBy.TEAM,
        _WITH_THE_SESSION, Leaving.BLANKED,
    ),
    PersonalData(
        _l("Bewijzen van deelname: je naam, wat je bijwoonde, op welke dagen en hoe lang"),
        {"certificates": "asked_name", "certificate_versions": "name title place signatory_name signatory_function"},
        Whose.PEOPLE, _l("om te bewijzen dat je er was, en te laten nagaan of het bewijs echt is"), Ground.PUBLIC_TASK,
        SeenBy.TEAM, _l("zolang je in een netwerk bent; daarna zegt het nummer alleen nog dat het bewijs echt is"),
        Leaving.BLANKED,
    ),
    PersonalData(
        _l("Je naam en organisatie als je kwam zonder op de lijst te staan, tot een organisator je erop zet"),
        {"walk_in_proposals": "name organisation"},
        Whose.ASKING, _l("om te weten wie er was"), Ground.PUBLIC_TASK, SeenBy.TEAM, Term.REQUESTS, Leaving.DELETED,
    ),
    PersonalData(
        _l("Wat je wel en niet eet, en wat je nodig hebt om mee te kunnen doen"),
        {"question_answers": "value", "need_list_mails": "address counts"},
        Whose.PEOPLE, _l("om voor je te zorgen op de dag zelf; alleen als je het invult"), Ground.EXPLICIT_CONSENT,
        SeenBy.TEAM_COUNTED, Term.SPECIAL, Leaving.DELETED,
    ),
    PersonalData(
        _l("Wat we daarvan onthouden voor de volgende keer, als je dat aankruist"),
        {"remembered_answers": "value"},
        Whose.PEOPLE, _l("om het je niet nog een keer te vragen"), Ground.EXPLICIT_CONSENT, SeenBy.MACHINE,
        _l("tot je het weghaalt of uit al je netwerken gaat"), Leaving.DELETED,
    ),
    PersonalData(
        _l("Je antwoorden op andere vragen bij een sessie"),
        {"question_answers": "value"},
        Whose.PEOPLE, _l("om de sessie voor te bereiden"), Ground.PUBLIC_TASK, SeenBy.TEAM, Term.ANSWERS,
        Leaving.DELETED,
    ),
    PersonalData(
        _l("Wie je voordroeg om in jouw plaats te komen, en voor wie plekken zijn vastgehouden"),
        {"substitute_wishes": "name address", "allotments": ""},
        Whose.PEOPLE, _l("om je collega uit te nodigen"), Ground.PUBLIC_TASK, SeenBy.TEAM, Term.REQUESTS,
        Leaving.DELETED,
    ),
    PersonalData(
        _l("Wanneer je kunt, en je opmerking daarbij"),
        {"voters": "remark", "poll_votes": ""},
        Whose.PEOPLE, _l("om een dag te kiezen"), Ground.PUBLIC_TASK, SeenBy.TEAM, _WITH_THE_SESSION, Leaving.DELETED,
    ),
    PersonalData(
        _l("Of je meedoet aan een koppelronde, wat je zoekt en waar je van weet, wanneer je kunt, met wie je bent en of het iets bracht"),
        {"match_enrolments": "offers seeks", "match_topics": "", "match_aparts": "", "match_groups": "", "match_seats": ""},
        Whose.PEOPLE, _l("om je in een groep of als maatje voor te stellen aan wie bij je past; zij zien wat je zoekt en waar je van weet"),
        Ground.PUBLIC_TASK, SeenBy.TEAM, _l("drie jaar na de ronde, om niet steeds dezelfde mensen voor te stellen"),
        Leaving.DELETED,
    ),
    PersonalData(
        _l("Waar je spreekt, wat je daarop antwoordde, en je tekst en foto; openbaar als jij dat goed vindt"),
        {"asked_speakers": "remark about expected", "speaker_slides": ""},
        Whose.PEOPLE, _l("om het programma te maken en te laten zien wie er spreekt"), Ground.CONSENT, SeenBy.TEAM,
        _WITH_THE_SESSION, Leaving.DELETED,
    ),
    PersonalData(
        _l("Voor welk thema je in een koppel zit, namens wie en van wanneer tot wanneer; van bestuurders staat dat openbaar"),
        {"koppel_offices": "title"},
        Whose.PEOPLE, _l("om te laten zien wie voor een thema staat, en om je te mailen hoe het ermee staat"),
        Ground.PUBLIC_TASK, SeenBy.EVERYBODY, _l("zolang je het bent; daarna zolang de samenwerkingsagenda bewaard blijft"),
        Leaving.BLANKED,
    ),
    PersonalData(
        _l("Wat je in een koppel of als organisator schreef voor een rapportage; daar staat je functie bij, nooit je naam"),
        {"progress_words": "text"},
        Whose.PEOPLE, _l("om te vertellen hoe het met een thema gaat"), Ground.PUBLIC_TASK, SeenBy.EVERYBODY,
        _l("zolang de samenwerkingsagenda bewaard blijft"), Leaving.NAME_REPLACED,
    ),
    PersonalData(
        _l("Mails die we je stuurden, en of de mailserver ze aannam; niet of je ze opent"),
        {
            "messages": "recipient domain subject details response", "finished_messages": "content",
            "message_history": "words", "sent_notes": "words",
        },
        Whose.PEOPLE, _l("om te weten of een uitnodiging aankwam"), Ground.PUBLIC_TASK, SeenBy.TEAM, Term.MAIL,
        Leaving.BLANKED,
    ),
    PersonalData(
        _l("Mail die je ons stuurde"),
        {"incoming_mails": "sender subject message_id content"},
        Whose.CORRESPONDENTS, _l("om je antwoord te verwerken of door te sturen"), Ground.PUBLIC_TASK, SeenBy.TEAM,
        Term.INCOMING, Leaving.DELETED,
    ),
    PersonalData(
        _l("Dat je vroeg om lid te worden of om een uitnodiging, met je naam en mailadres"),
        {"join_requests": "name address", "link_requests": "name address"},
        Whose.ASKING, _l("om je een link te mailen"), Ground.PUBLIC_TASK, SeenBy.TEAM, Term.REQUESTS, Leaving.DELETED,
    ),
    PersonalData(
        _l("Dat je de volgende uitvoering van een leergang wilde weten, met je mailadres als we je niet kennen"),
        {"course_interests": "address"},
        Whose.ASKING, _l("om je daar één keer over te mailen"), Ground.CONSENT, SeenBy.TEAM,
        _l("tot een maand na die mail, en hoogstens twee jaar; een week als je het niet bevestigt"), Leaving.DELETED,
    ),
    PersonalData(
        _l("Wat je aan leden van een netwerk of aan deelnemers van een sessie laat zien, in welke woorden je ja zei en wanneer"),
        {"visibilities": "wording", "listings": "knows seeks found_by", "listing_pictures": "content"},
        Whose.PEOPLE, _l("om elkaar te kunnen vinden; alleen als je dat zelf kiest"), Ground.CONSENT, SeenBy.MEMBERS,
        _l("tot je het weghaalt; dat je ja zei nog een jaar daarna"), Leaving.DELETED,
    ),
    PersonalData(
        _l("Berichten die je via ons aan andere leden schreef of van hen kreeg, en wie je niet meer laat schrijven"),
        {"contacts": "text", "blocks": "", "writing_stops": ""},
        Whose.PEOPLE, _l("om elkaar te schrijven zonder een mailadres te laten zien"), Ground.CONSENT,
        SeenBy.WHO_WAS_WRITTEN, _l("een half jaar; een blokkade tot je die weghaalt"), Leaving.DELETED,
    ),
    PersonalData(
        _l("Wat je een netwerk vroeg, en wat een organisator daarbij schreef"),
        {"network_questions": "title text short why helped"},
        Whose.PEOPLE, _l("om leden van elkaar te laten leren"), Ground.PUBLIC_TASK, SeenBy.TEAM_AND_MEMBERS,
        _l("twee jaar na de laatste dag voor antwoorden; 90 dagen als leden het nooit lazen"), Leaving.NAME_REPLACED,
    ),
    PersonalData(
        _l("Wat je op een vraag aan het netwerk antwoordde, wat we van je mail weglieten, en welke vragen je kreeg"),
        {"network_answers": "shown cut", "question_deliveries": ""},
        Whose.PEOPLE, _l("om leden van elkaar te laten leren"), Ground.PUBLIC_TASK, SeenBy.TEAM_AND_MEMBERS,
        _l("twee jaar na de laatste dag voor antwoorden; wat we weglieten en welke vragen je kreeg 90 dagen"), Leaving.DELETED,
    ),
    PersonalData(
        _l("Lijsten met mensen die wachten tot een organisator ze goedkeurt"),
        {"imports": "file_name content"},
        Whose.PEOPLE, _l("om mensen aan een netwerk toe te voegen"), Ground.PUBLIC_TASK, SeenBy.TEAM, Term.REQUESTS,
        Leaving.BLANKED,
    ),
    PersonalData(
        _l("Hoe je gegevens waren voor een lijst ze wijzigde, voor twee mensen één werden of voor je overal uit ging"),
        {"imported_people": "before", "merges": "journal", "departures": "kept"},
        Whose.PEOPLE, _l("om een vergissing terug te draaien"), Ground.PUBLIC_TASK, SeenBy.TEAM, _TO_UNDO,
        Leaving.BLANKED,
    ),
    PersonalData(
        _l("Wat je op een lessenbord schreef, en je naam als je die erbij zette"),
        {"cards": "text author"},
        Whose.PEOPLE, _l("om lessen te delen"), Ground.CONSENT, SeenBy.PARTICIPANTS, _WITH_THE_SESSION,
        Leaving.NAME_REPLACED,
    ),
    PersonalData(
        _l("Afspraken die je maakte en hoe ze afliepen; je naam staat er openbaar bij als jij dat goed vindt"),
        {"commitments": "what note"},
        Whose.PEOPLE, _l("om te zien wat er van een sessie komt"), Ground.PUBLIC_TASK, SeenBy.TEAM, _WITH_THE_SESSION,
        Leaving.NAME_REPLACED,
    ),
    PersonalData(
        _l("Of je iets deed met een suggestie van een sessie en waarom; je organisatie en je naam staan daar openbaar bij als jij dat goed vindt"),
        {"suggestion_uses": "because", "use_questions": ""},
        Whose.PEOPLE, _l("om te zien wat een sessie opleverde, en om anderen te laten zien wat werkt"), Ground.CONSENT, SeenBy.TEAM,
        _WITH_THE_SESSION, Leaving.BLANKED,
    ),
    PersonalData(
        _l("Gesprekken die een organisator met je had namens je organisatie, en wat daarover is genoteerd"),
        {"contact_moments": "note", "contact_moment_people": ""},
        Whose.PEOPLE, _l("om te weten welke organisaties we spraken en waarover"), Ground.PUBLIC_TASK, SeenBy.TEAM,
        Term.TALKS, Leaving.BLANKED,
    ),
    PersonalData(
        _l("Wat je in een evaluatie schreef, zo dat niemand het aan jou kan koppelen"),
        {"evaluation_sheets": "values"},
        Whose.PEOPLE, _l("om de volgende sessie beter te maken"), Ground.PUBLIC_TASK, SeenBy.TEAM, _WITH_THE_SESSION,
        Leaving.ANONYMOUS,
    ),
    PersonalData(
        _l("Namen in wat wordt gepubliceerd: sprekers, contactpersonen, impressies, foto's en stukken"),
        {
            "speakers": "name affiliation", "networks": "contact_name contact_address signatory_name signatory_function privacy_address privacy_officer summary description", "documents": "content",
            "impressions": "title intro set_up pitches next_steps by_hand facts withdrawn_reason", "insights": "title explanation",
            "suggestions": "text why", "attachments": "name content", "materials": "title file_name", "material_contents": "content", "letter_images": "name alt content",
            "letter_texts": "text", "wave_files": "name content", "indicator_readings": "file_name file_content", "digest_words": "text", "events": "title summary description directions cancel_reason bring day_contact day_phone", "pictures": "alt wide narrow mail shared", "slots": "title description room", "rounds": "title", "errands": "details",
            "polls": "title explanation", "match_rounds": "title explanation", "questions": "label reason choices", "boards": "question", "audiences": "name",
            "corrections": "note", "evaluation_questions": "label", "busy_days": "name", "series": "title summary", "courses": "title for_whom outcomes", "catalogue_items": "title summary description file_name maker", "catalogue_files": "content", "course_editions": "title cancel_reason",
            "agendas": "title text", "agenda_themes": "ambition", "progress_editions": "contents", "progress_files": "content",
        },
        Whose.NAMED, _l("om te laten zien wat er gebeurde en wie vragen beantwoordt"), Ground.PUBLIC_TASK,
        SeenBy.EVERYBODY, _WITH_THE_SESSION, Leaving.NAME_REPLACED,
    ),
    PersonalData(
        _l("Wie organisatoren op een locatie bellen, en de route ernaartoe"),
        {"places": "contact phone route accessibility"},
        Whose.NAMED, _l("om een zaal te regelen en mensen de weg te wijzen"), Ground.PUBLIC_TASK, SeenBy.ORGANISERS,
        _l("zolang de locatie in het boek staat"), Leaving.NAME_REPLACED,
    ),
    PersonalData(
        _l("Accounts: naam, mailadres, met welke browser je bent ingelogd, en sleutels"),
        {
            "accounts": "email name", "account_sessions": "browser", "grants": "", "api_tokens": "name",
            "mail_tests": "dkim_domain calendars",
        },
        Whose.COLLEAGUES, _l("om te weten wie wat mag"), Ground.LEGAL_DUTY, SeenBy.ADMINISTRATORS, _WITH_THE_ACCOUNT,
        Leaving.WITH_THE_ACCOUNT,
    ),
    PersonalData(
        _l("Waar je op je eigen pagina's bent ingelogd: welke browser, en wanneer je die het laatst gebruikte"),
        {"person_sessions": "browser"},
        Whose.PEOPLE, _l("om je te laten zien waar je bent ingelogd, en je daar te laten uitloggen"), Ground.LEGAL_DUTY,
        SeenBy.MACHINE, _l("tot je uitlogt, en hoogstens 30 dagen nadat je er het laatst was"), Leaving.DELETED,
    ),
    PersonalData(
        _l("Geheime codes in mails en cookies, alleen als vingerafdruk"),
        {
            "sign_ins": "address_digest browser_digest", "person_sign_ins": "address_digest browser_digest",
            "person_sessions": "digest", "rate_counts": "digest", "account_sessions": "digest", "api_tokens": "digest",
        },
        Whose.PEOPLE, _l("om te weten dat jij het bent"), Ground.LEGAL_DUTY, SeenBy.MACHINE, _A_DAY, Leaving.DELETED,
    ),
    PersonalData(
        _l("Wie wat wijzigde, bekeek of ophaalde"),
        {"audit_log": "label changes step"},
        Whose.COLLEAGUES, _l("om misbruik te zien en vergissingen terug te draaien"), Ground.LEGAL_DUTY,
        SeenBy.ADMINISTRATORS, Term.LOG, Leaving.NAME_REPLACED,
    ),
)  # fmt: skip

FREE = {
    "asked_speakers": "told", "agendas": "slug quality_label time_label money_label green_means orange_means red_means", "agenda_parties": "name",
    "alarms": "detail advice", "archive_holds": "reason", "audiences": "rule", "audit_log": "once",
    "balance_reports": "breaches", "certificates": "number", "certificate_versions": "days network", "boards": "code", "divisions": "seed rule input_hash", "documents": "problem", "errands": "row_ids",
    "network_questions": "before_leaving", "event_roles": "role_code", "course_roles": "role_code", "item_roles": "role_code", "catalogue_items": "slug address",
    "indicators": "name", "indicator_versions": "reason definition owner unit narrowing", "indicator_targets": "decision reason",
    "indicator_readings": "source link reason", "assessments": "cause consequence correction", "budgets": "source",
    "progress_reports": "title", "progress_editions": "reason", "progress_files": "sha256 problem", "progress_members": "ids",
    "events": "slug uid zone venue room street town join_url", "heartbeats": "worker",
    "impression_kinds": "kind", "impressions": "slug recording_url", "imports": "mapping",
    "inbox_status": "trouble claimed_by", "incoming_mails": "folder reason", "job_runs": "job error",
    "letter_texts": "kind", "library_entries": "stems", "messages": "key message_id claimed_by",
    "networks": "slug name letters own_colour joining_domains controller joint_controllers", "organisation_domains": "domain", "pictures": "key",
    "organisation_requests": "new_name", "organisations": "code name region",
    "match_proposals": "seed library input_hash obstacles", "materials": "address", "places": "name street town key", "rooms": "name key",
    "outside_calendars": "name address etag last_modified", "outside_events": "uid title place link",
    "rate_refusals": "page", "roles": "code name_nl name_en",
    "courses": "slug", "series": "slug", "setbacks": "job item error", "taps": "uuid seen", "themes": "slug name_nl name_en summary_nl summary_en mark", "walk_in_proposals": "uuid", "theme_merges": "slug name journal",
}  # fmt: skip
"""Columns of words that hold no personal data: what an institution says of itself, or the program of its work."""


def listed_columns() -> set[tuple[str, str]]:
    """(table, column) of all that may hold personal data."""
    return {
        (table, column)
        for kind in PERSONAL_DATA
        for table, columns in kind.columns.items()
        for column in columns.split()
    }
