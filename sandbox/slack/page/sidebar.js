// The left column: channels, direct messages, the app; on a phone a drawer behind the menu button.

import { appAvatar, personAvatar } from "./avatar.js";
import { channels, channelLabel } from "./directory.js";
import { el, icon } from "./dom.js";

const SECTIONS = [
  ["Channels", ["public", "private"]],
  ["Direct messages", ["im"]],
  ["Apps", ["app"]],
];

export class Sidebar {
  #session;
  #node = document.getElementById("sidebar");
  #button = document.getElementById("menu-button");
  #scrim = document.getElementById("scrim");
  #phone = window.matchMedia("(max-width: 760px)");
  #shown = "";

  constructor(session) {
    this.#session = session;
    this.#button.append(icon("menu"));
    this.#button.addEventListener("click", () => this.#drawer(!this.#isOpen));
    this.#scrim.addEventListener("click", () => this.#drawer(false));
    this.#node.addEventListener("keydown", (event) => { if (event.key === "Escape") this.#drawer(false); });
    this.#phone.addEventListener("change", () => this.#drawer(false));
    this.#drawer(false);
  }

  /** Show the conversations, the open one marked. */
  show() {
    const fingerprint = JSON.stringify([channels(), this.#session.channel, this.#session.user]);
    if (fingerprint === this.#shown) return;
    this.#shown = fingerprint;
    const focused = document.activeElement?.closest?.("#sidebar [data-channel]")?.dataset.channel;
    this.#node.replaceChildren(...SECTIONS.flatMap(([title, types]) => {
      const places = channels().filter((place) => types.includes(place.type));
      if (!places.length) return [];
      const heading = `section-${types[0]}`;
      return [el("h2", { id: heading }, title), el("ul", { "aria-labelledby": heading }, places.map((place) => this.#row(place)))];
    }));
    if (focused) this.#node.querySelector(`[data-channel="${CSS.escape(focused)}"]`)?.focus();
  }

  #row(place) {
    const current = place.id === this.#session.channel;
    const unread = current ? 0 : Number(place.unread ?? 0);
    return el("li", {}, el("button", {
      type: "button", class: `place ${unread ? "unread" : ""} ${place.is_member === false ? "outside" : ""}`,
      "aria-current": current ? "page" : null, data: { testid: "channel", channel: place.id },
      on: { click: () => { this.#drawer(false); this.#session.open(place.id); } },
    }, mark(place), el("span", { class: "place-name" }, channelLabel(place).replace(/^#/, "")),
    unread ? el("span", { class: "badge" }, unread > 99 ? "99+" : unread, el("span", { class: "visually-hidden" }, " unread")) : null));
  }

  get #isOpen() { return this.#button.getAttribute("aria-expanded") === "true"; }

  #drawer(open) {
    const wasOpen = this.#isOpen;
    this.#button.setAttribute("aria-expanded", String(open));
    this.#node.classList.toggle("open", open);
    this.#scrim.hidden = !open;
    this.#node.inert = this.#phone.matches && !open;
    document.getElementById("main").inert = this.#phone.matches && open;
    if (open) this.#node.querySelector("[aria-current]")?.focus();
    else if (wasOpen) this.#button.focus();
  }
}

function mark(place) {
  if (place.type === "app") return appAvatar("tiny");
  if (place.type === "im") return personAvatar(place.user, "tiny");
  return icon(place.type === "private" ? "lock" : "hash");
}
