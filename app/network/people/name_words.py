"""Words of a Dutch name that are no name: titles before it, letters behind it, prefixes of the family name.

Sources: titles and where they stand, Wet op het hoger onderwijs (WHW) article 7.19a-7.22 and Taaladvies.net
"titulatuur"; prefixes, NEN 1888 (tables of `voorvoegsels`) and the Basisregistratie Personen, table 36.
"""

MALE = {"dhr", "hr", "heer", "de heer", "meneer", "mijnheer", "de weledele heer"}
FEMALE = {"mw", "mevr", "mevrouw", "mej", "mejuffrouw"}
OFFICES = {
    "wethouder", "burgemeester", "locoburgemeester", "loco-burgemeester", "raadslid", "commissielid", "statenlid",
    "gedeputeerde", "griffier", "raadsgriffier", "statengriffier", "gemeentesecretaris", "provinciesecretaris",
    "minister", "staatssecretaris", "dijkgraaf", "heemraad", "watergraaf", "commissaris van de koning", "directeur",
    "secretaris", "voorzitter", "rector", "decaan",
}  # fmt: skip
"""By which somebody is greeted whose family name alone we have: 'wethouder Smit'."""
OFFICE_MAILBOXES = {
    "info", "griffie", "raadsgriffie", "statengriffie", "bestuurssecretariaat", "secretariaat", "gemeente", "post", "postbus",
    "contact", "communicatie", "bestuur", "college", "kabinet", "receptie", "office", "mail", "klantcontact",
}  # fmt: skip
"""What the mailbox of an office is called before its `@`."""
OFFICES_FOR_NAMES = OFFICE_MAILBOXES | {
    "afdeling", "balie", "bureau", "commissie", "directie", "kennisnetwerk", "ministerie", "organisatie", "programmateam",
    "projectteam", "provincie", "redactie", "stichting", "team", "vereniging", "waterschap", "werkgroep",
}  # fmt: skip
"""With which a name begins that is an office's and nobody's own: 'Secretariaat', 'Team Wonen'."""
_DEGREES = {
    "drs", "ir", "ing", "mr", "dr", "prof", "bc", "bacc", "cand", "em", "ds", "jhr", "jkvr", "professor", "doctor",
    "ingenieur", "meester", "lic", "dra", "mag", "dipl", "dipl-ing", "geachte", "t.a.v", "tav", "de weledelgestrenge heer",
    "de weledelgeleerde heer", "mrs", "ms", "sir", "jonkheer", "jonkvrouw", "h.c", "baron", "barones", "gravin", "freule", "beste",
}  # fmt: skip
TITLES = MALE | FEMALE | OFFICES | _DEGREES
ONLY_WITH_DOT = {"bc", "em", "mag", "cand", "lic", "dra", "ds", "bacc"}
"""Titles that are names as well: only with their dot."""
NOT_KEPT = {"geachte", "beste", "t.a.v", "tav"}

LETTERS = {
    "msc", "bsc", "ma", "ba", "llm", "llb", "phd", "mba", "emba", "mpa", "mpm", "mphil", "dphil", "bba", "bed", "med", "beng",
    "meng", "bict", "mict", "mtech", "ra", "re", "rc", "ro", "rb", "aa", "cisa", "cism", "cissp", "cia", "emia", "mcm", "mcd",
    "mre", "mrics", "frics", "pdeng", "edd", "md", "ao", "ec",
}  # fmt: skip
"""Degrees and registers behind a name (NVAO, NBA), in lower case and without dots."""
GENERATIONS = {"jr", "sr", "jr.", "sr.", "junior", "senior", "ii", "iii"}

INFIXES = {
    "van", "von", "de", "den", "der", "het", "'t", "’t", "ten", "ter", "te", "in", "op", "aan", "bij", "la", "le", "el", "al",
    "di", "da", "du", "dos",
}  # fmt: skip
"""Words between first and family name, by which nobody is found."""
DUTCH = {
    "van", "von", "de", "den", "der", "het", "'t", "'s", "ten", "ter", "te", "in", "op", "aan", "bij", "uit", "tot", "voor", "over",
    "onder", "vande", "vanden", "vander", "vd", "v.d.", "v.d", "v/d", "v.", "d.", "v", "vom", "zu", "zur", "zum", "und", "van't",
    "v.'t", "v.’t", "v't", "v’t",
}  # fmt: skip
"""Prefixes that are nobody's first name."""
PREFIXES = INFIXES | DUTCH | {
    "las", "los", "les", "des", "del", "dela", "della", "delle", "dalla", "degli", "do", "das", "af", "av", "bin", "bint", "ibn",
    "ben", "y", "e", "san", "baron", "barones", "graaf", "gravin", "ridder", "jonkheer", "vrijheer", "markies",
}  # fmt: skip
"""Words that stand before a family name and do not count in a list; noble ones stand between the two names."""
ONLY_SMALL = {"ben", "bin", "y", "e", "san", "do", "af", "av", "v", "baron", "graaf", "ridder", "las", "los"}
"""Prefixes that are names too when they have a capital."""

VIETNAMESE = {
    "nguyen",
    "tran",
    "le",
    "pham",
    "huynh",
    "hoang",
    "phan",
    "vu",
    "vo",
    "dang",
    "bui",
    "do",
    "ho",
    "ngo",
    "duong",
    "ly",
}
VIETNAMESE_BETWEEN = {"van", "thi"}
"""Family names and the middle names that show that a family name stands first; with their accents ('Văn') no Dutch prefix."""
PLACES = {
    "gemeente", "provincie", "waterschap", "hoogheemraadschap", "ministerie", "omgevingsdienst", "veiligheidsregio", "ggd", "vng", "ipo",
    "stichting", "vereniging", "afdeling", "team", "regio", "bv", "b.v.", "nv", "universiteit", "hogeschool", "namens", "extern",
}  # fmt: skip
"""Words of an organisation: what they stand in is no name of a person."""
