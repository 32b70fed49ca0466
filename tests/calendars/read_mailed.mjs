// Reads a JSON list of calendars on standard input with ical.js, and prints what each tells about its one event as JSON.
import ICAL from 'ical.js'
import { readFileSync } from 'node:fs'

const utc = (time) => new Date(time.toUnixTime() * 1000).toISOString()
const read = (calendar) => {
  const root = new ICAL.Component(ICAL.parse(calendar))
  ICAL.TimezoneService.reset()
  for (const zone of root.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(new ICAL.Timezone(zone))
  const parts = root.getAllSubcomponents('vevent')
  if (parts.length !== 1) throw new Error(`${parts.length} events in one calendar`)
  const event = new ICAL.Event(parts[0])
  return {
    method: root.getFirstPropertyValue('method'),
    uid: event.uid,
    sequence: event.sequence,
    stamp: utc(parts[0].getFirstPropertyValue('dtstamp')),
    starts_at: utc(event.startDate),
    ends_at: utc(event.endDate),
    title: event.summary,
    text: event.description,
    answer: parts[0].getFirstProperty('attendee')?.getParameter('partstat') ?? '',
  }
}
console.log(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(read)))
