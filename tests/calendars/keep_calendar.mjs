// Does with calendar mails what a calendar program does, and reads them by ical.js alone. On standard input a JSON list of
// people, each with the calendars of their mails in order; prints for each what then stands in their calendar, as JSON.
import ICAL from 'ical.js'
import { readFileSync } from 'node:fs'

const utc = (time) => new Date(time.toUnixTime() * 1000).toISOString()

const read = (calendar) => {
  const root = new ICAL.Component(ICAL.parse(calendar))
  ICAL.TimezoneService.reset()
  for (const zone of root.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(new ICAL.Timezone(zone))
  const [part] = root.getAllSubcomponents('vevent')
  const event = new ICAL.Event(part)
  return {
    method: root.getFirstPropertyValue('method'),
    uid: event.uid,
    start: utc(event.startDate),
    end: utc(event.endDate),
    sequence: event.sequence,
    stamp: utc(part.getFirstPropertyValue('dtstamp')),
    answer: part.getFirstProperty('attendee').getParameter('partstat'),
  }
}

// RFC 5546 section 2.1.5: the higher SEQUENCE counts, of two that are equal the later DTSTAMP; what is older is passed over.
const isNewer = (mail, kept) =>
  !kept || mail.sequence > kept.sequence || (mail.sequence === kept.sequence && mail.stamp > kept.stamp)

const keep = (calendars) => {
  const entries = new Map()
  for (const mail of calendars.map(read)) if (isNewer(mail, entries.get(mail.uid))) entries.set(mail.uid, mail)
  return [...entries.values()].filter((entry) => entry.method === 'REQUEST')
}

console.log(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(keep)))
