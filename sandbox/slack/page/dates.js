// Times as Slack shows them, in the reader's own time zone.

const LOCALE = "en-CA";
const moment = (seconds) => new Date(Number(seconds) * 1000);
const format = (date, options) => new Intl.DateTimeFormat(LOCALE, options).format(date);

/** "10:42 a.m." */
export const clock = (seconds) => format(moment(seconds), { hour: "numeric", minute: "2-digit" });

/** The whole date and time, for a tooltip and for screen readers. */
export const fullMoment = (seconds) => format(moment(seconds), { dateStyle: "long", timeStyle: "medium" });

/** "Today", "Yesterday", else the weekday and date. */
export function dayName(seconds) {
  return nearDay(moment(seconds)) ?? format(moment(seconds), { weekday: "long", month: "long", day: "numeric" });
}

function nearDay(date) {
  const today = new Date();
  const yesterday = new Date();
  yesterday.setDate(today.getDate() - 1);
  if (date.toDateString() === today.toDateString()) return "Today";
  if (date.toDateString() === yesterday.toDateString()) return "Yesterday";
  return null;
}

const pad = (number) => String(number).padStart(2, "0");
const pretty = (date, otherwise) => nearDay(date)?.toLowerCase() ?? otherwise(date);
const date = (day) => format(day, { month: "long", day: "numeric", year: "numeric" });
const dateShort = (day) => format(day, { month: "short", day: "numeric", year: "numeric" });
const dateLong = (day) => format(day, { weekday: "long", month: "long", day: "numeric", year: "numeric" });

const TOKENS = {
  date_num: (day) => `${day.getFullYear()}-${pad(day.getMonth() + 1)}-${pad(day.getDate())}`,
  date_slash: (day) => `${pad(day.getMonth() + 1)}/${pad(day.getDate())}/${day.getFullYear()}`,
  date, date_short: dateShort, date_long: dateLong,
  date_pretty: (day) => pretty(day, date),
  date_short_pretty: (day) => pretty(day, dateShort),
  date_long_pretty: (day) => pretty(day, dateLong),
  time: (day) => format(day, { hour: "numeric", minute: "2-digit" }),
  time_secs: (day) => format(day, { hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago: (day) => ago(day),
  day_divider_pretty: (day) => nearDay(day) ?? dateLong(day),
};

function ago(day) {
  const seconds = (day - Date.now()) / 1000;
  const [unit, size] = [["day", 86_400], ["hour", 3_600], ["minute", 60]]
    .find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(LOCALE).format(Math.round(seconds / size), unit);
}

/** A template such as "{date_short} at {time}" filled in; null when it cannot be (then the fallback counts). */
export function formatDate(seconds, template) {
  const day = moment(seconds);
  if (Number.isNaN(day.getTime())) return null;
  let understood = true;
  const text = template.replace(/\{(\w+)\}/g, (_, token) => {
    if (Object.hasOwn(TOKENS, token)) return TOKENS[token](day);
    understood = false;
    return "";
  });
  return understood ? text : null;
}
