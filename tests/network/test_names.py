"""Names as lists, mail programs and people write them, and what is made of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.network.people import names
from app.network.people.name_reading import read_name, read_name_parts
from app.network.people.names import Doubt, write_with_titles

WRITTEN = """
Sanne de Vries | Sanne de Vries | Sanne | Vries, Sanne de
Vries, Sanne de | Sanne de Vries | Sanne | Vries, Sanne de
Vries, dhr. K. de | K. de Vries | K. de Vries | Vries, K. de
J.A. de Vries | J.A. de Vries | J.A. de Vries | Vries, J.A. de
A.B.C. van der Meer | A.B.C. van der Meer | A.B.C. van der Meer | Meer, A.B.C. van der
Dhr. ing. J.P. Bäcker | J.P. Bäcker | J.P. Bäcker | Bäcker, J.P.
De heer Kok | Kok | meneer Kok | Kok
Wethouder Smit | Smit | wethouder Smit | Smit
Mw. drs. C. (Carla) van 't Hof-Müller | Carla van 't Hof-Müller | Carla | Hof-Müller, Carla van 't
drs. M. (Marie) de Boer MSc | Marie de Boer | Marie | Boer, Marie de
VAN DIJK, KEES | Kees van Dijk | Kees | Dijk, Kees van
Berg, J. van den (Jan) | Jan van den Berg | Jan | Berg, Jan van den
d'Hondt, Eva | Eva d'Hondt | Eva | Hondt, Eva d'
Hans Đặng | Hans Đặng | Hans | Đặng, Hans
Jan\u2067tob\u2069 de\u200b Boer | Jantob de Boer | Jantob | Boer, Jantob de
Vries,, | Vries | Vries | Vries
"Vries, Sanne de" | Sanne de Vries | Sanne | Vries, Sanne de
'Kees van Dijk' | Kees van Dijk | Kees | Dijk, Kees van
Vries, de, Sanne | Sanne de Vries | Sanne | Vries, Sanne de
Vries de, Sanne | Sanne de Vries | Sanne | Vries, Sanne de
de Vries, Sanne | Sanne de Vries | Sanne | Vries, Sanne de
Van Dijk, Kees | Kees van Dijk | Kees | Dijk, Kees van
VRIES, Sanne de | Sanne de Vries | Sanne | Vries, Sanne de
Vries J.A. de | J.A. de Vries | J.A. de Vries | Vries, J.A. de
J.A. DE VRIES | J.A. de Vries | J.A. de Vries | Vries, J.A. de
VAN 'T HOF-MÜLLER, CARLA | Carla van 't Hof-Müller | Carla | Hof-Müller, Carla van 't
IJSBRAND VAN DER MEER | IJsbrand van der Meer | IJsbrand | Meer, IJsbrand van der
Jean DUPONT | Jean Dupont | Jean | Dupont, Jean
sanne de vries | Sanne de Vries | Sanne | Vries, Sanne de
mevrouw van der Meer | Van der Meer | mevrouw Van der Meer | Meer, van der
Jansen, mw. | Jansen | mevrouw Jansen | Jansen
Dhr./mw. Jansen | Jansen | Jansen | Jansen
drs. Kok | Kok | Kok | Kok
Wethouder Jan Smit | Jan Smit | Jan | Smit, Jan
Commissaris van de Koning Smit | Smit | commissaris van de Koning Smit | Smit
prof.dr.ir. J. Bakker | J. Bakker | J. Bakker | Bakker, J.
mr.drs.J.P. Smit | J.P. Smit | J.P. Smit | Smit, J.P.
ir. Sanne de Vries MSc RA | Sanne de Vries | Sanne | Vries, Sanne de
Sanne de Vries, MSc | Sanne de Vries | Sanne | Vries, Sanne de
Jan Jansen jr. | Jan Jansen jr. | Jan | Jansen, Jan jr.
Johannes "Hans" de Vries | Hans de Vries | Hans | Vries, Hans de
Johannes (Hans) de Vries | Hans de Vries | Hans | Vries, Hans de
Sanne Jansen-de Vries | Sanne Jansen-de Vries | Sanne | Jansen-de Vries, Sanne
Sanne de Vries-van Dijk | Sanne de Vries-van Dijk | Sanne | Vries-van Dijk, Sanne de
M.J. Smit - van Dijk | M.J. Smit - van Dijk | M.J. Smit - van Dijk | Smit - van Dijk, M.J.
Mohammed El-Khatib | Mohammed El-Khatib | Mohammed | El-Khatib, Mohammed
El-Khatib, Mohammed | Mohammed El-Khatib | Mohammed | El-Khatib, Mohammed
Ahmed el Khatib | Ahmed el Khatib | Ahmed | Khatib, Ahmed el
Nguyễn Văn An | Nguyễn Văn An | Nguyễn Văn An | Nguyễn Văn An
O’Neill, Sinéad | Sinéad O’Neill | Sinéad | O’Neill, Sinéad
Jhr. mr. A. van der Goes | A. van der Goes | A. van der Goes | Goes, A. van der
Willem baron van Wassenaer van Catwijck | Willem baron van Wassenaer van Catwijck | Willem | Wassenaer van Catwijck, Willem baron van
Jan v.d. Berg | Jan v.d. Berg | Jan | Berg, Jan v.d.
't Hart, Jan | Jan 't Hart | Jan | Hart, Jan 't
Heer, Jan de | Jan de Heer | Jan | Heer, Jan de
Toon in 't Veld | Toon in 't Veld | Toon | Veld, Toon in 't
J. de la Cruz | J. de la Cruz | J. de la Cruz | Cruz, J. de la
Al Gore | Al Gore | Al | Gore, Al
Ma, Jack | Jack Ma | Jack | Ma, Jack
Marie Curie-Skłodowska | Marie Curie-Skłodowska | Marie | Curie-Skłodowska, Marie
张伟 | 张伟 | 张伟 | 张伟
O'Brien | O'Brien | O'Brien | O'Brien
mevr. Bos-de Wit | Bos-de Wit | mevrouw Bos-de Wit | Bos-de Wit
R.K. ('Rob') Smit | Rob Smit | Rob | Smit, Rob
K.Jansen | K. Jansen | K. Jansen | Jansen, K.
J.P.van Dijk | J.P. van Dijk | J.P. van Dijk | Dijk, J.P. van
baron van Wassenaer | Van Wassenaer | Van Wassenaer | Wassenaer, van
Beste Jan Smit | Jan Smit | Jan | Smit, Jan
Smit-Jansen, A.B. (Anna) | Anna Smit-Jansen | Anna | Smit-Jansen, Anna
Raadslid K. Jansen M.Sc. | K. Jansen | K. Jansen | Jansen, K.
"""
ROWS = [line.split(" | ") for line in WRITTEN.strip().splitlines()]


@pytest.mark.parametrize(("written", "name", "greeting", "listed"), ROWS, ids=[row[0] for row in ROWS])
def test_a_name_is_read_as_it_is_meant(written, name, greeting, listed):
    read = read_name(written)
    assert (read.name, read.greeting, read.sorted) == (name, greeting, listed)
    again = read_name(write_with_titles(read.name, read.all_titles))
    assert (again.name, again.greeting, again.sorted, again.all_titles) == (name, greeting, listed, read.all_titles)


@pytest.mark.parametrize(
    ("written", "titles"),
    [
        ("Mw. drs. C. (Carla) van 't Hof", "mw. drs."),
        ("drs. M. de Boer MSc", "drs. MSc"),
        ("Vries, dhr. K. de", "dhr."),
        ("García López, mevr. J.", "mevr."),
        ("Jan Smit (wethouder)", "wethouder"),
        ("Sanne de Vries", ""),
        ("Geachte heer Kok", "heer"),
    ],
)
def test_titles_are_kept_apart(written, titles):
    assert read_name(written).all_titles == titles


@pytest.mark.parametrize(
    ("written", "name", "doubt"),
    [
        ("Jan V.", "Jan V.", Doubt.ORDER),
        ("Vries de", "Vries de", Doubt.ORDER),
        ("Vries Sanne de", "Sanne de Vries", Doubt.TURNED),
        ("Sanne de Vries (Oss)", "Sanne de Vries (Oss)", Doubt.REMARK),
        ("Sanne de Vries | Oss", "Sanne de Vries | Oss", Doubt.REMARK),
        ("Sanne de Vries - gemeente Oss", "Sanne de Vries - gemeente Oss", Doubt.REMARK),
        ("Sanne (Oss)", "Sanne (Oss)", Doubt.REMARK),
        ("Jan Jansen, gemeente Oss", "Jan Jansen, gemeente Oss", Doubt.REMARK),
        ("Sanne de Vries, wethouder Wonen", "Sanne de Vries, wethouder Wonen", Doubt.REMARK),
        ("JAN DE VRIES", "Jan de Vries", Doubt.CAPITALS),
        ("=SOM(A1)", "=SOM(A1)", Doubt.REMARK),
    ],
)
def test_what_is_not_sure_is_said_and_nothing_is_lost(written, name, doubt):
    read = read_name(written)
    assert (read.name, set(read.doubts)) == (name, {doubt})


def test_an_owner_writes_capitals_as_they_like():
    assert read_name("bell hooks", by_owner=True).name == "bell hooks"
    assert read_name("DJ KEES", by_owner=True).name == "DJ KEES"


@pytest.mark.parametrize(
    ("first", "prefix", "family", "name", "listed"),
    [
        ("Kees", "van", "Dijk", "Kees van Dijk", "Dijk, Kees van"),
        ("Sanne", "", "Vries, de", "Sanne de Vries", "Vries, Sanne de"),
        ("Sanne", "de", "de Vries", "Sanne de Vries", "Vries, Sanne de"),
        ("Eva", "d'", "Hondt", "Eva d'Hondt", "Hondt, Eva d'"),
        ("C. (Carla)", "van 't", "Hof", "Carla van 't Hof", "Hof, Carla van 't"),
        ("dhr. K.", "", "Kok", "K. Kok", "Kok, K."),
        ("José", "", "García López", "José García López", "García López, José"),
        ("", "de", "Vries", "De Vries", "Vries, de"),
        ("Sanne", "", "", "Sanne", "Sanne"),
    ],
)
def test_three_columns_are_one_name(first, prefix, family, name, listed):
    read = read_name_parts(first, prefix, family)
    assert (read.name, read.sorted) == (name, listed)


FIRST = st.sampled_from(
    ["Sanne", "Kees", "Jan-Willem", "Đặng", "Zoë", "IJsbrand", "Søren", "Anna Maria", "Fatma", "Chloé"]
)
INITIALS = st.sampled_from(["K.", "J.A.", "Th.", "A.B.C.", "J.-P.", "Chr."])
PREFIX = st.sampled_from(["", "", "de", "van", "van der", "van 't", "in 't", "op den", "ten", "d'", "el", "von"])
FAMILY = st.sampled_from(
    [
        "Vries",
        "Berg",
        "Hof-Müller",
        "O'Neill",
        "El-Khatib",
        "Özdemir",
        "IJsselstein",
        "Jansen-de Boer",
        "Ødegård",
        "Łuczak",
    ]
)
TITLES = st.sampled_from(["", "", "dhr.", "mw. drs.", "prof. dr. ir.", "Wethouder", "mr."])
LETTERS = st.sampled_from(["", "", "MSc", "RA", "LLM MBA"])
FORMS = (
    "{titles} {given} {stuck}{letters}",
    "{family}, {titles} {given} {prefix}{letters}",
    "{stuck}, {given}{letters}",
    "{family} {prefix}, {titles} {given}",
    "{family}, {prefix}, {given}",
    '"{family}, {given} {prefix}"',
    "{titles}  {given}\u200b {stuck} ;",
)


@settings(max_examples=300)
@given(
    FIRST | INITIALS,
    PREFIX,
    FAMILY,
    TITLES,
    LETTERS,
    st.sampled_from(FORMS),
    st.sampled_from(["", "K. ({})", "J.A. ({})"]),
)
def test_a_person_is_the_same_in_every_known_form(given, prefix, family, titles, letters, form, brackets):
    stuck = f"{prefix}{family}" if prefix.endswith("'") else f"{prefix} {family}".strip()
    called = brackets.format(given) if brackets and "." not in given else given
    letters = f" {letters}" if letters else ""
    written = form.format(given=called, prefix=prefix, family=family, stuck=stuck, titles=titles, letters=letters)
    read = read_name(written)
    assert (read.given, read.prefix, read.family, read.name) == (given, prefix, family, f"{given} {stuck}")
    assert read.greeting == (read.name if "." in given else given.split()[0])
    assert not read.doubts


@settings(max_examples=300)
@given(st.text(max_size=60))
def test_whatever_is_typed_gives_a_name_that_stays_the_same(text):
    read = read_name(text)
    assert bool(read.name) == bool(names.clean_name(text))
    assert len(read.greeting) <= names.LONGEST_GREETING
    assert read.greeting.strip(", ") == read.greeting or not any(map(str.isalpha, text))


def test_lists_are_in_the_order_of_family_names_whatever_their_accents():
    wanted = [
        "Eva d'Abo", "Hans Đặng", "Zoë van Dijk", "Søren Ødegård", "Sinéad O'Neill", "Aylin Özdemir", "An de Vries", "Bo Vries",
        "An Vries-Jansen", "Yu Zhang",
    ]  # fmt: skip
    assert sorted(set(wanted), key=lambda name: read_name(name).sort_key) == wanted


@pytest.mark.parametrize(
    ("name", "sought"),
    [
        ("Søren Ødegård", "odegard"),
        ("Sinéad O’Neill", "o'neill"),
        ("Sinéad O'Neill", "ONEILL"),
        ("Hans Đặng", "dang"),
        ("Marie Skłodowska", "sklodowska"),
        ("Aylin Yıldız", "yildiz"),
        ("Jan 't Hof", "‘t hof"),
        ("Weiß", "weiss"),
    ],
)
def test_a_name_is_found_however_it_is_typed(name, sought):
    assert names.search_pattern(sought).strip("%") in names.fold_name(name)


@pytest.mark.parametrize(
    ("written", "greeting"),
    [
        ("Secretariaat", "collega"),
        ("bestuurssecretariaat", "collega"),
        ("Secretariaat College B&W", "collega"),
        ("Griffie Gemeente Oss", "collega"),
        ("Postbus DIV", "collega"),
        ("Team Wonen", "collega"),
        ("dhr. Post", "meneer Post"),
        ("Jan Post", "Jan"),
        ("Post, Jan", "Jan"),
        ("griffier Smit", "griffier Smit"),
    ],
)
def test_who_reads_the_mail_of_an_office_is_a_colleague(written, greeting):
    assert read_name(written).greeting == greeting
