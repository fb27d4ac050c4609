// The app's conversation has two tabs: its Home view and the messages.

import { showBlocks } from "./blocks.js";
import { el } from "./dom.js";
import { Surface } from "./surface.js";

const TABS = [["home", "Home"], ["messages", "Messages"]];

export class Home {
  #session;
  #node = document.getElementById("home");
  #tabs = document.getElementById("tabs");
  #timeline = document.getElementById("timeline");
  #composer = document.getElementById("composer");
  #surface = null;
  #viewId = null;
  #blocks = el("div", { class: "blocks" });

  constructor(session) {
    this.#session = session;
    this.buttons = TABS.map(([tab, text]) => el("button", {
      type: "button", role: "tab", id: `tab-${tab}`, "aria-controls": tab === "home" ? "home" : "timeline", data: { testid: `tab-${tab}`, tab },
      on: { click: () => session.showTab(tab), keydown: (event) => this.#keys(event) },
    }, text));
    this.#tabs.append(...this.buttons);
  }

  /** Show the tabs for an app's conversation, and the chosen one. */
  show(isApp, tab, view) {
    const atHome = isApp && tab === "home";
    this.#tabs.hidden = !isApp;
    this.#node.hidden = !atHome;
    this.#timeline.hidden = atHome;
    this.#composer.hidden = atHome;
    for (const button of this.buttons) {
      const chosen = button.dataset.tab === tab;
      button.setAttribute("aria-selected", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
    }
    if (atHome) this.#fill(view);
  }

  #fill(view) {
    if (!view) {
      this.#node.replaceChildren(el("p", { class: "muted home-empty" }, "The app has not filled its Home tab yet."));
      return;
    }
    if (this.#viewId !== view.id) {
      this.#surface = new Surface("home", { view_id: view.id }, this.#session);
      this.#viewId = view.id;
    }
    this.#surface.load(view.blocks, view.state?.values);
    if (this.#blocks.parentElement !== this.#node) this.#node.replaceChildren(this.#blocks);
    showBlocks(this.#blocks, view.blocks, this.#surface);
  }

  #keys(event) {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const other = this.buttons.find((button) => button !== event.currentTarget);
    other.focus();
    this.#session.showTab(other.dataset.tab);
  }
}
