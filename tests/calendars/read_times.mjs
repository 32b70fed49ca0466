// Reads a calendar on standard input with ical.js, which knows nothing but what the file says,
// and prints each event's uid, start and end in UTC as JSON.
import ICAL from 'ical.js'
import { readFileSync } from 'node:fs'

const root = new ICAL.Component(ICAL.parse(readFileSync(0, 'utf8')))
for (const zone of root.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(new ICAL.Timezone(zone))
const utc = (time) => new Date(time.toUnixTime() * 1000).toISOString()
const times = root.getAllSubcomponents('vevent').map((part) => {
  const event = new ICAL.Event(part)
  return [event.uid, utc(event.startDate), utc(event.endDate)]
})
console.log(JSON.stringify(times))
