// Lists to choose from: a box to type in, over a list that narrows; one choice or several.

import { announce, el, freshId, icon } from "./dom.js";
import { choicesOf, keepOption, pickedOptions } from "./options.js";
import { place } from "./menu.js";
import { plainText, textObject } from "./mrkdwn.js";
import { focusKey } from "./surface.js";

export function select(block, element, surface, context) {
  return new Select(block, element, surface, context).node;
}

class Select {
  constructor(block, element, surface, { name, labelId, fieldId, describedBy, required }) {
    Object.assign(this, { block, element, surface });
    this.several = element.type.startsWith("multi_");
    this.choices = choicesOf(element, (query) => surface.options(block, element, query));
    this.shown = [];
    this.active = -1;
    this.round = 0;
    const listId = freshId("list");
    const hint = plainText(element.placeholder);
    this.field = el("input", {
      class: "select-field", type: "text", role: "combobox", id: fieldId, autocomplete: "off", spellcheck: "false",
      placeholder: hint || (this.several ? "Select options" : "Select an option"),
      "aria-expanded": "false", "aria-controls": listId, "aria-autocomplete": "list",
      "aria-label": labelId ? null : name || hint || "Options", "aria-describedby": describedBy || null,
      "aria-required": required ? "true" : null, data: { focusKey: focusKey(block, element), testid: "select" },
      on: {
        input: () => this.open(this.field.value),
        keydown: (event) => this.keys(event),
        click: () => { if (!this.isOpen) this.open(""); },
        focus: () => this.field.select(),
        blur: () => this.close(),
      },
    });
    this.list = el("div", {
      class: "listbox", role: "listbox", id: listId, hidden: true, "aria-label": "Options",
      "aria-multiselectable": this.several ? "true" : null, data: { testid: "listbox" },
      // The field keeps the focus while the list is pressed or scrolled.
      on: { mousedown: (event) => event.preventDefault() },
    });
    this.tokens = el("span", { class: "tokens" });
    const clear = !this.several && block.optional && el("button", {
      class: "icon-button clear", type: "button", "aria-label": `Clear ${name || "the choice"}`,
      on: { click: () => { this.pick(null); this.field.focus(); } },
    }, icon("close"));
    this.box = el("div", { class: "select-box" }, this.tokens, this.field, clear, icon("down"));
    this.node = el("div", { class: "select" }, this.box, this.list);
    this.node.classList.toggle("several", this.several);
    this.showPicked();
  }

  get isOpen() { return !this.list.hidden; }
  get picked() { return pickedOptions(this.element, this.surface.value(this.block, this.element)); }

  showPicked() {
    this.node.classList.toggle("empty", this.picked.length === 0);
    if (!this.several) {
      this.field.value = this.picked[0] ? plainText(this.picked[0].text) : "";
      return;
    }
    this.tokens.replaceChildren(...this.picked.map((option) => el("span", { class: "token", data: { value: option.value } },
      plainText(option.text),
      el("button", {
        class: "icon-button", type: "button", "aria-label": `Remove ${plainText(option.text)}`,
        on: { click: () => { this.pick(option); this.field.focus(); } },
      }, icon("close")))));
  }

  async open(query) {
    this.round += 1;
    const round = this.round;
    if (!this.isOpen) {
      this.list.hidden = false;
      this.field.setAttribute("aria-expanded", "true");
      this.follow = () => this.position();
      window.addEventListener("scroll", this.follow, true);
      window.addEventListener("resize", this.follow);
    }
    await this.choices(query, (answer) => {
      if (round === this.round && this.isOpen) this.showChoices(answer);
    });
  }

  showChoices({ groups = [], note }) {
    const picked = new Set(this.picked.map((option) => option.value));
    this.shown = [];
    const entry = (option) => {
      const node = el("div", {
        class: "option", role: "option", id: freshId("option"), "aria-selected": String(picked.has(option.value)),
        data: { testid: "option", value: option.value }, on: { click: () => this.pick(option) },
      }, el("span", {}, textObject(option.text)),
      option.description && el("span", { class: "menu-note" }, plainText(option.description)));
      this.shown.push({ node, option });
      return node;
    };
    const parts = groups.map((group) => (group.label
      ? el("div", { role: "group", "aria-label": plainText(group.label) },
        el("div", { class: "group-label", "aria-hidden": "true" }, plainText(group.label)), group.options.map(entry))
      : group.options.map(entry)));
    // A listbox may hold options alone, so the sentence that stands for an empty one is a disabled option.
    const sentence = this.shown.length ? null : (note ?? "No results");
    this.list.replaceChildren(...parts.flat(),
      ...(sentence ? [el("div", { class: "list-note", role: "option", "aria-disabled": "true" }, sentence)] : []));
    announce(sentence ?? `${this.shown.length} ${this.shown.length === 1 ? "option" : "options"}`);
    const first = this.several ? 0 : Math.max(0, this.shown.findIndex(({ option }) => picked.has(option.value)));
    this.activate(this.shown.length ? first : -1);
    this.position();
  }

  position() {
    place(this.list, this.box, { width: this.box.offsetWidth });
  }

  activate(index) {
    this.shown[this.active]?.node.classList.remove("active");
    this.active = index;
    const entry = this.shown[index];
    if (!entry) {
      this.field.removeAttribute("aria-activedescendant");
      return;
    }
    entry.node.classList.add("active");
    entry.node.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", entry.node.id);
  }

  keys(event) {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !this.isOpen) this.open("");
    else if (step) this.activate((this.active + step + this.shown.length) % (this.shown.length || 1));
    else if (event.key === "Enter" && this.isOpen) this.pick(this.shown[this.active]?.option);
    else if (event.key === "Escape" && this.isOpen) this.close();
    else if (event.key === "Backspace" && this.several && this.field.value === "") this.pick(this.picked.at(-1));
    else if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
  }

  async pick(option) {
    if (option === undefined) return;
    const content = keepOption(this.element, this.picked, option);
    if (this.several) this.field.value = "";
    this.close();
    const kept = this.surface.choose(this.block, this.element, content);
    this.showPicked();
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
    await kept;
    this.showPicked();
  }

  close() {
    if (this.isOpen) {
      this.list.hidden = true;
      this.round += 1;
      this.field.setAttribute("aria-expanded", "false");
      this.field.removeAttribute("aria-activedescendant");
      window.removeEventListener("scroll", this.follow, true);
      window.removeEventListener("resize", this.follow);
    }
    if (!this.several) this.showPicked();
    else this.field.value = "";
  }
}
