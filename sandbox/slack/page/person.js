// Who is looking: the switch between the people of the workspace.

import { personAvatar } from "./avatar.js";
import { personName, user, users } from "./directory.js";
import { el, icon } from "./dom.js";
import { openMenu } from "./menu.js";

export class PersonSwitch {
  #session;
  #shown = null;

  constructor(session) {
    this.#session = session;
    this.button = el("button", {
      class: "person-switch", type: "button", "aria-haspopup": "menu", "aria-expanded": "false", data: { testid: "person-switch" },
      on: { click: () => this.#open() },
    });
    document.getElementById("person").append(this.button);
  }

  show() {
    if (this.#shown === this.#session.user) return;
    this.#shown = this.#session.user;
    this.button.replaceChildren(personAvatar(this.#shown, "small"),
      el("span", { class: "person-words" },
        el("span", { class: "person-name" }, el("span", { class: "you-are" }, "You are "), personName(this.#shown)),
        el("span", { class: "person-title" }, user(this.#shown)?.title ?? "")),
      icon("down"));
  }

  #open() {
    openMenu(this.button, users().map((person) => ({
      label: person.real_name || person.name, note: person.title, value: person.id,
      picture: personAvatar(person.id, "small"), checked: person.id === this.#session.user,
      run: () => this.#session.become(person.id),
    })), { label: "Choose who you are" });
  }
}
