"""What a round of matching is for, and the rules that it can have, as they are called."""

from flask_babel import lazy_gettext as _l

from app.words import Worded


class RoundKind(Worded):
    """What people meet for. All but intervision is done in pairs."""

    INTERVISION = "intervision", _l("Intervisie")
    BUDDY = "buddy", _l("Buddy’s")
    WORKPLACE = "workplace", _l("Meeloopdag of werkplek")


class Regions(Worded):
    """Who should meet whom, by the region of their organisations."""

    ANY = "any", _l("Maakt niet uit")
    MIX = "mix", _l("Zo veel mogelijk uit verschillende regio’s")
    NEAR = "near", _l("Zo veel mogelijk uit dezelfde regio")


class Daypart(Worded):
    """When people can, each week anew."""

    MON_AM = "mon_am", _l("Maandagochtend")
    MON_PM = "mon_pm", _l("Maandagmiddag")
    TUE_AM = "tue_am", _l("Dinsdagochtend")
    TUE_PM = "tue_pm", _l("Dinsdagmiddag")
    WED_AM = "wed_am", _l("Woensdagochtend")
    WED_PM = "wed_pm", _l("Woensdagmiddag")
    THU_AM = "thu_am", _l("Donderdagochtend")
    THU_PM = "thu_pm", _l("Donderdagmiddag")
    FRI_AM = "fri_am", _l("Vrijdagochtend")
    FRI_PM = "fri_pm", _l("Vrijdagmiddag")


class Rule(Worded):
    """What no group may break."""

    ORGANISATION = "organisation", _l("nooit twee van dezelfde organisatie")
    HIERARCHY = "hierarchy", _l("nooit een organisatie met een onderdeel daarvan")
    APART = "apart", _l("nooit deze twee samen")
    REPEAT = "repeat", _l("niet opnieuw met wie je al was")
    DAYPART = "daypart", _l("een dagdeel waarop iedereen kan")
    FACILITATOR = "facilitator", _l("een begeleider in elke groep")
    SIZE = "size", _l("de grootte van een groep")


class Side(Worded):
    """Whether somebody has something to give of a theme, or looks for it."""

    OFFERS = "offers", _l("Weet ervan")
    SEEKS = "seeks", _l("Zoekt het")


class Reply(Worded):
    """What somebody said: to the call, to a proposal, or afterwards."""

    YES = "yes", _l("Ja"), "green"
    NO = "no", _l("Nee"), "red"


class News(Worded):
    """What a mail to who takes part in a round tells."""

    PROPOSAL = "proposal", _l("Het voorstel")
    WAITS = "waits", _l("Deze keer geen plek")
    AGREED = "agreed", _l("Allebei ja")
    STOPPED = "stopped", _l("Iemand doet niet meer mee")
    AFTER = "after", _l("Twee vragen achteraf")
