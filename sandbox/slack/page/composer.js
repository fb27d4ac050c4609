// The message box: text, slash commands, files. What a person typed is kept until it was sent.

import * as api from "./api.js";
import { Completion } from "./completion.js";
import { channelLabel, shortcuts } from "./directory.js";
import { el, icon } from "./dom.js";
import { fileSize } from "./file_input.js";
import { openMenu } from "./menu.js";
import { toast } from "./toast.js";

const TALLEST = 240;

function closedBecause(place) {
  if (place.is_archived) return `${channelLabel(place)} is archived: nobody can write here any more.`;
  if (place.is_member === false) return `You are not in ${channelLabel(place)}: you can read here, not write.`;
  return "";
}

export class Composer {
  #session;
  #place = null;
  #files = new Map();

  constructor(session) {
    this.#session = session;
    this.field = el("textarea", {
      id: "composer-text", class: "composer-text", rows: 1, data: { testid: "composer" },
      on: { input: () => this.#changed(), keydown: (event) => this.#keys(event), blur: () => this.completion.close() },
    });
    this.completion = new Completion(this.field, (text) => { this.field.value = text; this.#changed(); });
    this.field.addEventListener("focus", () => this.completion.update());
    this.fileList = el("ul", { class: "file-list", hidden: true });
    this.picker = el("input", { type: "file", multiple: true, hidden: true, data: { testid: "composer-files" }, on: { change: () => this.#attach() } });
    this.plus = el("button", {
      class: "icon-button", type: "button", "aria-label": "Attach a file or run a shortcut", "aria-haspopup": "menu",
      data: { testid: "composer-plus" }, on: { click: () => this.#menu() },
    }, icon("plus"));
    this.send = el("button", {
      class: "icon-button send", type: "button", "aria-label": "Send", data: { testid: "send" }, on: { click: () => this.#send() },
    }, icon("send"));
    this.closed = el("p", { class: "composer-closed muted", hidden: true, data: { testid: "composer-closed" } });
    this.box = el("div", { class: "composer-box" }, this.fileList, this.field,
      el("div", { class: "composer-tools" }, this.plus, this.picker,
        el("span", { class: "composer-tip muted" }, "Enter sends · Shift+Enter starts a new line · ↑ brings back what you sent last"), this.send));
    document.getElementById("composer").append(
      this.completion.list, this.completion.usage, this.completion.status, this.box, this.closed);
  }

  /** Turn to a conversation, with what was left unsent there. */
  show(place) {
    const here = `${this.#session.user}:${place.id}`;
    const closed = closedBecause(place);
    this.closed.textContent = closed;
    this.closed.hidden = !closed;
    this.box.hidden = Boolean(closed);
    const label = `Message ${channelLabel(place)}`;
    this.field.setAttribute("aria-label", label);
    this.field.placeholder = window.innerWidth > 640 ? `${label}, or type / for commands` : label;
    if (this.#place === here) return;
    this.#place = here;
    this.field.value = sessionStorage.getItem(this.#draftKey(here)) ?? "";
    this.#showFiles();
    this.#grow();
    this.completion.update();
    if (document.activeElement !== this.field) this.completion.close();
  }

  /** Put a text into the empty box for the person to send. */
  write(text) {
    if (!this.field.value.trim()) this.field.value = text;
    this.#changed();
    this.field.focus();
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
  }

  #draftKey(place) { return `draft:${place}`; }
  #sentKey() { return `sent:${this.#session.user}`; }
  #pending() { return this.#files.get(this.#place) ?? []; }

  #changed() {
    sessionStorage.setItem(this.#draftKey(this.#place), this.field.value);
    this.#grow();
    this.completion.update();
  }

  #grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight + 2, TALLEST)}px`;
    this.send.disabled = !this.field.value.trim() && !this.#pending().length;
  }

  #keys(event) {
    if (event.isComposing) return;
    if (this.completion.key(event)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "ArrowUp" && !this.field.value) {
      event.preventDefault();
      this.write(sessionStorage.getItem(this.#sentKey()) ?? "");
    }
  }

  async #send() {
    const place = this.#place;
    const text = this.field.value;
    const files = this.#pending();
    if (!text.trim() && !files.length) return;
    sessionStorage.setItem(this.#sentKey(), text);
    this.field.value = "";
    this.#files.delete(place);
    this.#showFiles();
    this.#grow();
    this.completion.update();
    try {
      const answer = await this.#deliver(text, files);
      // A command the app did not answer comes with Slack's own notice; the text goes back into the box.
      if (answer.ok === false) this.#restore(place, text, files);
      else if (!(this.#place === place && this.field.value)) sessionStorage.removeItem(this.#draftKey(place));
    } catch (error) {
      toast(error.message);
      this.#restore(place, text, files);
    }
    await this.#session.refresh();
  }

  #deliver(text, files) {
    const { user, channel } = this.#session;
    if (/^\/invite\b/.test(text)) return api.invite({ user, channel });
    if (text.startsWith("/") && !files.length) return api.command({ user, channel, text });
    return api.message({ user, channel, text, file_ids: files.map((file) => file.id) });
  }

  #restore(place, text, files) {
    const later = this.#place === place ? this.field.value : (sessionStorage.getItem(this.#draftKey(place)) ?? "");
    const whole = later && later !== text ? `${text}\n${later}` : text;
    sessionStorage.setItem(this.#draftKey(place), whole);
    this.#files.set(place, [...files, ...(this.#files.get(place) ?? [])]);
    if (this.#place !== place) return;
    this.field.value = whole;
    this.#showFiles();
    this.#grow();
  }

  #menu() {
    const runs = shortcuts("global").map((shortcut) => ({
      label: shortcut.name, note: "Shortcut", value: shortcut.callback_id, run: () => this.#shortcut(shortcut),
    }));
    const attach = { label: "Attach a file", note: "From this computer", value: "attach", run: () => this.picker.click() };
    openMenu(this.plus, [attach, ...runs]);
  }

  async #shortcut(shortcut) {
    try {
      await api.shortcut({ user: this.#session.user, callback_id: shortcut.callback_id });
    } catch (error) {
      toast(error.message);
    }
    await this.#session.refresh();
  }

  async #attach() {
    const place = this.#place;
    const given = [...this.picker.files];
    this.picker.value = "";
    for (const file of given) {
      try {
        const { id } = await api.upload(this.#session.user, file);
        this.#files.set(place, [...(this.#files.get(place) ?? []), { id, name: file.name, size: file.size }]);
      } catch (error) {
        toast(error.message);
      }
    }
    this.#showFiles();
    this.#grow();
    this.field.focus();
  }

  #showFiles() {
    const files = this.#pending();
    this.fileList.hidden = !files.length;
    this.fileList.replaceChildren(...files.map((file) => el("li", { class: "file-card", data: { testid: "attached" } },
      icon("file"), el("span", { class: "file-name" }, file.name), el("span", { class: "muted" }, fileSize(file.size)),
      el("button", {
        class: "icon-button", type: "button", "aria-label": `Remove ${file.name}`,
        on: { click: () => { this.#files.set(this.#place, files.filter((other) => other !== file)); this.#showFiles(); this.#grow(); this.field.focus(); } },
      }, icon("trash")))));
  }
}
