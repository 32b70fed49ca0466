// Reads a JSON list of calendars on standard input with ical.js, which knows nothing but what each file says,
// and prints for each its events' uid, start and end in UTC as JSON.
import ICAL from 'ical.js'
import { readFileSync } from 'node:fs'

const utc = (time) => new Date(time.toUnixTime() * 1000).toISOString()
const times = (calendar) => {
  const root = new ICAL.Component(ICAL.parse(calendar))
  ICAL.TimezoneService.reset()
  for (const zone of root.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(new ICAL.Timezone(zone))
  return root.getAllSubcomponents('vevent').map((part) => {
    const event = new ICAL.Event(part)
    return [event.uid, utc(event.startDate), utc(event.endDate)]
  })
}
console.log(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(times)))
