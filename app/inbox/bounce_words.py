"""What the words of a mail server say where no code does: that an address does not exist, or that something else is the matter.

Sources: Postfix (smtpd_recipient and local(8) texts), Exim (spec chapter 'Customizing bounce messages'), sendmail
(usersmtp.c, err.c), qmail (qmail-send, qmail-remote), Exchange and Microsoft 365 ('Email non-delivery reports'), Google
('SMTP error reference'), Mimecast ('SMTP error codes'), RFC 5321 section 4.2.3, RFC 3463, RFC 7505.
"""

import re

UNKNOWN = (
    # Postfix, Exim, sendmail, qmail, Domino, GroupWise
    r"(user|recipient|mailbox|address|account|addressee|destination|local part|alias|login)( name| address)?"
    r"( <?\S+@\S+>?)?( is| was)? (unknown|not (found|known|listed|exist|a known user|registered)|does ?n[o']t exist"
    r"|doesn.t exist|invalid|no longer (exists|valid|active)|non-?existent)",
    r"(unknown|invalid|non-?existent|bad destination|no such|inexistent|unrouteable|unroutable)( local| virtual)?"
    r" (user|recipient|mailbox|address|account|addressee|email|e-mail|person|alias|domain|host)",
    r"(there is )?no (such )?(user|mailbox|account|recipient|person|address)( here)?( by that name| found)",
    r"no mailbox (here )?(by|with|for|under) that",
    r"(user|recipient|account|mailbox) .{0,60}not (found|listed) in",
    r"(you tried to reach|that you tried to reach) (does not exist|is disabled|couldn.t be found)",
    r"(user|account|mailbox|address)( \S+)?( is| has been) (disabled|inactive|suspended|closed|deactivated|deleted|removed)",
    r"(account|mailbox)( \S+@\S+)? (disabled|inactive|suspended|deactivated)|(doesn.t|does not) have an? \S+ account",
    r"address (couldn.t|could not|wasn.t|was not) be? ?found",
    r"(wasn.t|was not|couldn.t be|could not be) found (at|in|on) \S",
    r"not a (valid|known) (user|mailbox|recipient|address)|does not (exist here|have an account here)",
    r"this address no longer accepts mail|no longer (works|employed) here|\bnot our customer|\bis not (known here|a local user)",
    r"\b550\b.{0,50}mailbox (unavailable|not available)",
    # Exchange, Microsoft 365
    r"recipientnotfound|recipnotfound|resolver\.adr\.\w*(notfound|invalid)|resolver\.adr\.exrecipnotfound|e-?mail address (you entered )?couldn.t be found",
    r"recipient not found by smtp address lookup|unknown recipient or mailbox unavailable",
    # a domain that is not there
    r"(host|domain)( name)?( or domain name)? (was |could |)?(not found|not be found|does not exist|doesn.t exist|is unknown)",
    r"(couldn.t|could not|cannot|can.t) (find any|find) host( named)?|domain name not found|no such (domain|host)|nxdomain",
    r"nonexistentdomain|infodomainnonexistent|dns domain .{0,80} does not exist|name or service not known|nullmx",
    r"domain .{0,80}(doesn.t|does not) (exist|accept mail)|couldn.t be found, or is unable to receive mail",
    # Dutch
    r"(gebruiker|ontvanger|postvak|mailbox|account|adres|geadresseerde|e-mailadres)( \S+@\S+)? (is |werd )?"
    r"(onbekend|niet (gevonden|bekend|aangetroffen)|bestaat niet|ongeldig|opgeheven|verwijderd|gedeactiveerd)",
    r"(onbekende?|ongeldige?) (gebruiker|ontvanger|postvak|mailbox|adres|e-mailadres|geadresseerde)|geen (zodanig|dergelijke?) (gebruiker|postvak|adres)",
    r"(kan|kon|is|werd)( het)? (adres|e-mailadres|de ontvanger|de geadresseerde|niet worden) ?(niet)? (gevonden|vinden)",
    r"bestaat (niet|niet meer|niet langer)|komt niet voor in|is niet (langer|meer) in gebruik",
    # German
    r"(benutzer|empf[äa]e?nger|postfach|konto|adresse)( \S+@\S+)? (ist |wurde )?(unbekannt|nicht (gefunden|bekannt|vorhanden)|existiert nicht|ung[üu]e?ltig|deaktiviert)",
    r"(unbekannter?|ung[üu]e?ltiger?) (benutzer|empf[äa]e?nger|adresse|postfach)|existiert (leider )?nicht|kein (solcher|solches) (benutzer|postfach|empf[äa]nger)",
    r"(konto|adresse|postfach)[^.]{0,60} (nicht vorhanden|nicht gefunden)",
    # French
    r"adresse[^.]{0,60} introuvable|adresse inexistante|(compte|bo[iî]te)[^.]{0,40} inexistante?",
    r"(utilisateur|destinataire|adresse|bo[iî]te( aux lettres)?|compte)( \S+@\S+)? (est )?(inconnue?|introuvable|n.existe (pas|plus)|invalide|n.a pas [ée]t[ée] trouv[ée]e?|d[ée]sactiv[ée]e?)",
    r"n.existe (pas|plus)|adresse (e-?mail )?(invalide|introuvable)|(domaine|h[ôo]te) (est )?(inconnu|introuvable)",
    # Spanish, Italian
    r"(usuario|destinatario|buz[óo]n|cuenta|direcci[óo]n) (es )?(desconocid[oa]|no existe|no encontrad[oa]|inexistente)|(utente|destinatario|casella|indirizzo) (è )?(sconosciut[oa]|inesistente|non (esiste|trovat[oa]))",
)
FULL_OR_FAST = (
    r"(mailbox|inbox|postvak|quota|storage|user|account|opslag|postfach|bo[iî]te).{0,60}\b(is |has )?(full|vol\b|exceeded|over ?quota|out of|overschreden|voll\b|pleine|limit)",
    r"over ?quota|quota ?exceeded|exceeded.{0,30}(quota|storage|limit)|insufficient (disk|system|storage)|disk full|mailboxfull|te vol",
    r"\brate\b.{0,60}(prevents|limit|exceed)|at a rate|rate.?limit|too (many|much|fast|quickly|frequent)|throttl|te veel (berichten|mails|verbindingen)|zu viele|trop de",
    r"grey-?list|gr[ae]ylist|try again|retry|temporar|tijdelijk|later opnieuw|vor[üu]bergehend|temporaire|timed? ?out|time-?out|refused to talk|connection (refused|lost|reset|dropped)",
    r"unverified address|loops? back|too many hops|hop count|mail loop|expired|could not be delivered for|insufficient resources",
)
ABOUT_US = (
    r"block(ed|ing|list)|black-?list|deny-?list|geblokkeerd|blockiert|bloqu[ée]|spam|phish|virus|malware|reputation|\brbl\b|dnsbl|spamhaus|barracuda|proofpoint",
    r"\bpolic(y|ies)\b|beleid|richtlinie|prohibited|administratively|unsolicited|bulk|content (rejected|filter)|reject(ed)? (due to|by) (content|security|polic)",
    r"sender .{0,60}(denied|rejected|unknown|invalid|not (allowed|found|verif|exist)|does not exist)|sending (address|domain|host|server)|sender verify|(afzender|absender|exp[ée]diteur).{0,60}(geweigerd|onbekend|niet toegestaan|abgelehnt|unbekannt|nicht erlaubt|refus[ée]|inconnu)",
    r"your (address|domain|server|host|ip|mail server|organi[sz]ation)|mail from\b|client host|helo|\bspf\b|dkim|dmarc|unauthenticated|authenticat|not authori[sz]ed|(un)?able to relay|relay(ing)? (access )?(denied|not permitted|prohibited)",
    r"too (large|big)|te groot|size (limit|exceed)|exceeds.{0,30}size|zu gro[sß]|trop (grand|volumineux)|(attachment|bijlage)s? .{0,30}(type|allow|toegestaan|block|reject)|permission|not (allowed|permitted) to (send|post)|only accepts|moderat|access (denied|restricted)|toegang geweigerd|restricted|notauth",
)
DELAYED = (
    r"(has|have|was|is) not (yet )?been delivered( yet)?|still (being )?(trying|retried|retrying)|will (be retried|(continue|keep) (to )?try|try again)|delayed|delay\b|delivery.{0,20}(incomplete|delay)",
    r"no action is required|do not need to resend|this is a warning message only|vertraag|vertraging|nog niet (afgeleverd|bezorgd)|verz[öo]gert|retard[ée]",
)


def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE | re.DOTALL)


_UNKNOWN, _FULL_OR_FAST, _ABOUT_US, _DELAYED = map(_any, (UNKNOWN, FULL_OR_FAST, ABOUT_US, DELAYED))


def says_unknown(words: str) -> bool:
    """Whether they say that the address does not exist, and nothing that could be another reason."""
    return bool(_UNKNOWN.search(words)) and not says_passing(words) and not says_about_us(words)


def says_passing(words: str) -> bool:
    """Whether they say that the mailbox is full, or that we are too fast, or to try again."""
    return bool(_FULL_OR_FAST.search(words))


def says_about_us(words: str) -> bool:
    """Whether they say that our mail is not wanted: its sender, its contents or its size."""
    return bool(_ABOUT_US.search(words))


def says_delayed(words: str) -> bool:
    """Whether it is news that the mail has not arrived yet."""
    return bool(_DELAYED.search(words))
