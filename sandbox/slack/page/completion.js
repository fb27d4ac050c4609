// Completion while typing: slash commands, their verbs with usage and summary, people after @, channels after #.

import { channels, commands, personName, users } from "./directory.js";
import { el, freshId } from "./dom.js";

/** What fits the text: `{entries: [{text, usage, summary}], picked}`, and the usage of a verb already typed. */
export function suggestions(text) {
  const named = namesFor(text);
  if (named.length) return { entries: named, picked: 0, usage: null };
  if (!text.startsWith("/") || text.includes("\n")) return { entries: [], picked: -1, usage: null };
  const [, name, gap, rest] = /^(\/\S*)(\s*)(.*)$/.exec(text);
  const command = commands().find((one) => one.command === name);
  if (!command) {
    const fitting = commands().filter((one) => one.command.startsWith(name));
    return { entries: fitting.map(commandEntry), picked: name.length > 1 && fitting.length ? 0 : -1, usage: null };
  }
  const verbs = command.verbs ?? [];
  const exact = verbs.find((one) => rest === one.verb || rest.startsWith(`${one.verb} `));
  if (exact && gap) return { entries: [], picked: -1, usage: verbEntry(command, exact) };
  if (/\s/.test(rest)) return { entries: [], picked: -1, usage: null };
  const starting = verbs.filter((one) => one.verb.startsWith(rest));
  const holding = verbs.filter((one) => !starting.includes(one) && one.verb.includes(rest));
  const entries = [...starting, ...holding].map((one) => verbEntry(command, one));
  return { entries, picked: rest && entries.length ? 0 : -1, usage: null };
}

/** People and channels whose names begin with the word that is being typed after @ or #. */
function namesFor(text) {
  const [, before, mark, begun] = /^((?:.*\s)?)([@#])([\p{L}\p{N}._-]*)$/su.exec(text) ?? [];
  if (!mark) return [];
  const named = mark === "@"
    ? users().map((person) => ({ name: person.name, summary: personName(person.id) }))
    : channels().filter((place) => place.type === "public").map((place) => ({ name: place.name, summary: "" }));
  const wanted = begun.toLowerCase();
  return named
    .filter(({ name, summary }) => `${name} ${summary}`.toLowerCase().split(/\s+/).some((word) => word.startsWith(wanted)))
    .map(({ name, summary }) => ({ text: `${before}${mark}${name} `, usage: `${mark}${name}`, summary }));
}

const commandEntry = (command) => ({ text: `${command.command} `, usage: `${command.command} ${command.usage_hint ?? ""}`, summary: command.description });

function verbEntry(command, { verb, usage, summary }) {
  const bare = (usage ?? verb).replace(`${command.command} `, "");
  return { text: `${command.command} ${verb} `, usage: bare.startsWith(verb) ? bare : `${verb} ${bare}`, summary };
}

/** The list above the message box. */
export class Completion {
  #entries = [];
  #nodes = [];
  #active = -1;
  #dismissed = "";

  constructor(field, accept) {
    this.field = field;
    this.accept = accept;
    this.list = el("div", {
      class: "completion", role: "listbox", id: freshId("completion"), "aria-label": "Suggestions", hidden: true,
      data: { testid: "completion" }, on: { mousedown: (event) => event.preventDefault() },
    });
    this.usage = el("p", { class: "usage", hidden: true, data: { testid: "usage" } });
    this.status = el("p", { class: "visually-hidden", role: "status" });
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.list.id);
    field.setAttribute("aria-haspopup", "listbox");
  }

  get isOpen() { return !this.list.hidden; }

  /** Follow the text of the box. */
  update() {
    const text = this.field.value;
    const { entries, picked, usage } = suggestions(text);
    if (text !== this.#dismissed) this.#dismissed = "";
    this.#show(this.#dismissed ? [] : entries, picked);
    this.usage.hidden = !usage;
    this.usage.replaceChildren(...(usage ? [el("code", {}, usage.usage), el("span", {}, usage.summary ?? "")] : []));
  }

  #show(entries, picked) {
    const opening = entries.length > 0 && !this.isOpen;
    this.#entries = entries;
    this.#nodes = entries.map((entry) => el("div", {
      class: "option", role: "option", id: freshId("completion-option"), "aria-selected": "false",
      data: { testid: "completion-option", value: entry.text.trim() }, on: { click: () => this.#take(entry) },
    }, el("code", {}, entry.usage), el("span", { class: "menu-note" }, entry.summary ?? "")));
    this.list.replaceChildren(...this.#nodes);
    this.list.hidden = entries.length === 0;
    if (opening) this.list.scrollTop = 0;
    this.status.textContent = entries.length ? `${entries.length} suggestions; choose with the arrow keys` : "";
    this.#activate(entries.length ? picked : -1);
  }

  #activate(index) {
    this.#nodes[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = index;
    const node = this.#nodes[index];
    if (!node) {
      this.field.removeAttribute("aria-activedescendant");
      return;
    }
    node.setAttribute("aria-selected", "true");
    node.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", node.id);
  }

  #take(entry) {
    this.accept(entry.text);
    this.update();
  }

  close() {
    this.#dismissed = this.field.value;
    this.#show([], -1);
  }

  /** Use a key if it is one of the list's; true when it was. */
  key(event) {
    if (!this.isOpen) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#activate((this.#active + step + this.#nodes.length) % this.#nodes.length);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Tab" && !event.shiftKey) this.#take(this.#entries[Math.max(0, this.#active)]);
    else if (event.key === "Enter" && !event.shiftKey && this.#completes()) this.#take(this.#entries[this.#active]);
    else return false;
    return true;
  }

  // Enter sends what is already a whole command; it completes only where that adds something.
  #completes() {
    const entry = this.#entries[this.#active];
    return entry !== undefined && entry.text.trim() !== this.field.value.trim();
  }
}
