// The small picture of a person or the app.

import { el } from "./dom.js";
import { app, avatarColours, initials, user } from "./directory.js";
import { withEmoji } from "./emoji.js";

/** A person's initials on their colour. */
export function personAvatar(id, size = "") {
  const person = user(id);
  const node = el("span", { class: `avatar ${size}`, "aria-hidden": "true" }, initials(person?.real_name ?? person?.name ?? "?"));
  Object.assign(node.style, avatarColours(person?.color));
  return node;
}

/** The app's emoji, or its initials. */
export function appAvatar(size = "") {
  const mark = app().icon_emoji ? withEmoji(app().icon_emoji) : "";
  return el("span", { class: `avatar app ${size}`, "aria-hidden": "true" },
    mark && !mark.startsWith(":") ? mark : initials(app().name));
}
