// Slack's notices at the top of the page, above an open modal too.

import { el, icon } from "./dom.js";

const SHOWN_FOR = 12_000;
const region = () => document.getElementById("toasts");

/** Show a notice until it is dismissed or its time is over; pointing at it keeps it. */
export function toast(text) {
  placeToasts();
  for (const same of region().children) if (same.dataset.text === text) same.remove();
  const notice = el(
    "div",
    { class: "toast", role: "alert", data: { testid: "toast", text } },
    el("span", {}, text),
    el("button", {
      class: "icon-button on-dark", type: "button", "aria-label": "Dismiss notice",
      on: { click: () => notice.remove() },
    }, icon("close")),
  );
  region().append(notice);
  let timer = setTimeout(() => notice.remove(), SHOWN_FOR);
  notice.addEventListener("pointerenter", () => clearTimeout(timer));
  notice.addEventListener("focusin", () => clearTimeout(timer));
  notice.addEventListener("pointerleave", () => { timer = setTimeout(() => notice.remove(), SHOWN_FOR); });
}

/** A modal dialog makes all outside it inert, so the notices move into it while it is open. */
export function placeToasts() {
  const dialogs = document.querySelectorAll("dialog[open]");
  const host = dialogs[dialogs.length - 1] ?? document.body;
  if (region().parentElement !== host) host.append(region());
}
