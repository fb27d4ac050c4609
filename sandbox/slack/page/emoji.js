// Slack's short names of the emoji people and apps commonly write.

const CHARACTERS = {
  "+1": "👍", "-1": "👎", thumbsup: "👍", thumbsdown: "👎", clap: "👏", wave: "👋", pray: "🙏", muscle: "💪",
  raised_hands: "🙌", raised_hand: "✋", ok_hand: "👌", point_right: "👉", point_left: "👈", point_up: "☝️",
  point_down: "👇", eyes: "👀", smile: "😄", smiley: "😃", grinning: "😀", grin: "😁", joy: "😂", blush: "😊",
  wink: "😉", slightly_smiling_face: "🙂", thinking_face: "🤔", cry: "😢", sob: "😭", sweat_smile: "😅",
  heart: "❤️", tada: "🎉", sparkles: "✨", star: "⭐", fire: "🔥", rocket: "🚀", bulb: "💡", zap: "⚡",
  white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌", negative_squared_cross_mark: "❎",
  warning: "⚠️", no_entry: "⛔", no_entry_sign: "🚫", exclamation: "❗", heavy_exclamation_mark: "❗", question: "❓",
  grey_question: "❔", information_source: "ℹ️", bell: "🔔", no_bell: "🔕", mega: "📣", loudspeaker: "📢",
  speech_balloon: "💬", hourglass: "⌛", hourglass_flowing_sand: "⏳", stopwatch: "⏱️", alarm_clock: "⏰", clock1: "🕐",
  calendar: "📆", date: "📅", spiral_calendar_pad: "🗓️", lock: "🔒", unlock: "🔓", closed_lock_with_key: "🔐", key: "🔑",
  old_key: "🗝️", shield: "🛡️", mag: "🔍", mag_right: "🔎", link: "🔗", paperclip: "📎", pushpin: "📌", round_pushpin: "📍",
  bookmark: "🔖", label: "🏷️", memo: "📝", pencil: "📝", pencil2: "✏️", clipboard: "📋", page_facing_up: "📄",
  page_with_curl: "📃", bookmark_tabs: "📑", card_index_dividers: "🗂️", file_folder: "📁", open_file_folder: "📂",
  floppy_disk: "💾", inbox_tray: "📥", outbox_tray: "📤", package: "📦", wastebasket: "🗑️", bar_chart: "📊",
  chart_with_upwards_trend: "📈", books: "📚", book: "📖", newspaper: "📰", globe_with_meridians: "🌐",
  earth_americas: "🌎", world_map: "🗺️", deciduous_tree: "🌳", evergreen_tree: "🌲", house: "🏠", office: "🏢",
  classical_building: "🏛️", construction: "🚧", wrench: "🔧", hammer_and_wrench: "🛠️", gear: "⚙️", test_tube: "🧪",
  robot_face: "🤖", busts_in_silhouette: "👥", bust_in_silhouette: "👤", ghost: "👻", see_no_evil: "🙈",
  arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️", leftwards_arrow_with_hook: "↩️",
  arrow_right_hook: "↪️", arrows_counterclockwise: "🔄", repeat: "🔁", rewind: "⏪", fast_forward: "⏩",
  heavy_plus_sign: "➕", heavy_minus_sign: "➖", recycle: "♻️", new: "🆕", ok: "🆗", sos: "🆘", red_circle: "🔴",
  large_orange_circle: "🟠", large_yellow_circle: "🟡", large_green_circle: "🟢", large_blue_circle: "🔵",
  white_circle: "⚪", black_circle: "⚫", large_blue_square: "🟦", black_square_button: "🔲", small_blue_diamond: "🔹",
  small_orange_diamond: "🔸", one: "1️⃣", two: "2️⃣", three: "3️⃣", "flag-ca": "🇨🇦", maple_leaf: "🍁",
};

/** The character of a short name, or undefined where this page does not know it. */
export function emoji(name) {
  return Object.hasOwn(CHARACTERS, name) ? CHARACTERS[name] : undefined;
}

/** Text with `:short_names:` made characters; unknown ones stay as they were typed. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => emoji(name) ?? whole);
}
