// The stack of modals of the person who looks: the top one is shown, and typed values of all are kept.

import * as api from "./api.js";
import { clearError, showBlocks, showErrors } from "./blocks.js";
import { el, icon } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { Surface, valueKey } from "./surface.js";
import { textFault } from "./text_input.js";
import { placeToasts } from "./toast.js";

const TROUBLE = "We had some trouble connecting. Try again?";
const FOCUSABLE = "a[href], button:not(:disabled), input:not(:disabled), textarea:not(:disabled), [tabindex='0']";

export class Modal {
  #session;
  #surfaces = new Map();
  #view = null;
  #depth = 0;
  #opener = null;
  #busy = false;

  constructor(session) {
    this.#session = session;
    this.title = el("h2", { id: "modal-title", tabindex: "-1", data: { testid: "modal-title" } });
    this.back = this.#iconButton("back", "Back", () => this.#close(false));
    const mended = (event) => clearError(event.target);
    this.body = el("div", { class: "modal-body", on: { input: mended, change: mended } });
    this.notice = el("p", { class: "modal-notice", role: "alert" });
    this.cancel = el("button", { class: "button", type: "button", data: { testid: "modal-close" }, on: { click: () => this.#close(false) } });
    this.send = el("button", { class: "button primary", type: "submit", data: { testid: "modal-submit" } });
    this.form = el("form", { class: "modal-form", novalidate: true, on: { submit: (event) => this.#submit(event) } },
      el("header", { class: "modal-header" }, this.back, this.title,
        this.#iconButton("close", "Close", () => this.#close(true))),
      this.body, this.notice,
      el("footer", { class: "dialog-buttons" }, this.cancel, this.send));
    this.dialog = el("dialog", {
      class: "modal", "aria-labelledby": "modal-title", data: { testid: "modal" },
      on: { keydown: (event) => this.#keys(event), cancel: (event) => event.preventDefault() },
    }, this.form);
    document.body.append(this.dialog);
  }

  /** Show the top of `views` (root first); none closes the dialog. */
  show(views) {
    const open = new Set(views.map((view) => view.id));
    for (const id of this.#surfaces.keys()) if (!open.has(id)) this.#surfaces.delete(id);
    for (const view of views) this.#surface(view.id).load(view.blocks, view.state?.values);
    const top = views.at(-1);
    if (!top) {
      this.#hide();
      return;
    }
    const another = this.#view?.id !== top.id;
    const turned = another || signOf(this.#view) !== signOf(top);
    const changed = another || JSON.stringify(this.#view) !== JSON.stringify(top);
    this.#view = top;
    this.#depth = views.length;
    if (changed) this.#render(top, another);
    if (turned) this.body.scrollTop = 0;
  }

  #surface(id) {
    if (!this.#surfaces.has(id)) this.#surfaces.set(id, new Surface("view", { view_id: id }, this.#session));
    return this.#surfaces.get(id);
  }

  #render(view, another) {
    Object.assign(this.dialog.dataset, { viewId: view.id, callbackId: view.callback_id ?? "" });
    this.title.textContent = plainText(view.title);
    this.back.hidden = this.#depth < 2;
    this.cancel.textContent = plainText(view.close) || "Close";
    this.send.hidden = !view.submit;
    this.send.textContent = plainText(view.submit);
    const hadFocus = this.body.contains(document.activeElement);
    if (another) {
      this.notice.textContent = "";
      this.body.replaceChildren();
    }
    const focusKept = showBlocks(this.body, view.blocks, this.#surface(view.id));
    // What holds nothing to press is scrolled by keys too, once it can be focused.
    if (this.body.querySelector("a, button, input, textarea")) this.body.removeAttribute("tabindex");
    else this.body.tabIndex = 0;
    if (!this.dialog.open) {
      this.#opener = document.activeElement;
      this.dialog.showModal();
      placeToasts();
    }
    if (another || !focusKept || !hadFocus) this.#settleFocus(another);
  }

  #settleFocus(another) {
    const lost = !this.dialog.contains(document.activeElement) || document.activeElement === this.dialog
      || document.activeElement === this.title;
    if (!another && !lost) return;
    const field = this.body.querySelector("[autofocus]") ?? this.body.querySelector(".block-input [data-focus-key]");
    (field ?? this.title).focus({ preventScroll: another && !field });
  }

  #hide() {
    if (!this.dialog.open) return;
    this.#view = null;
    this.#working(false);
    this.dialog.close();
    // Chromium gives the focus back itself, but a text box without its caret: typing would be lost.
    document.activeElement?.blur();
    placeToasts();
    const opener = this.#opener;
    const again = opener?.dataset.focusKey && document.querySelector(`[data-focus-key="${CSS.escape(opener.dataset.focusKey)}"]`);
    if (opener?.isConnected && opener !== document.body) opener.focus();
    else (again || document.getElementById("composer-text"))?.focus();
  }

  async #submit(event) {
    event.preventDefault();
    if (this.#busy || !this.#view?.submit) return;
    const view = this.#view;
    const surface = this.#surface(view.id);
    this.notice.textContent = "";
    if (surface.uploading) {
      this.notice.textContent = "Wait until the file is uploaded, then try again.";
      return;
    }
    if (showErrors(this.body, localFaults(view.blocks, surface))) return;
    this.#working(true);
    try {
      const answer = await api.submit({ user: surface.user, view_id: view.id, state: surface.state() });
      if (answer.errors) {
        this.#working(false);
        showErrors(this.body, answer.errors);
      }
    } catch (error) {
      this.notice.textContent = error.message || TROUBLE;
    } finally {
      this.#working(false);
      await this.#session.refresh();
    }
  }

  async #close(clear) {
    const view = this.#view;
    if (!view || this.#busy) return;
    try {
      await api.close({ user: this.#session.user, view_id: view.id, clear });
    } catch (error) {
      this.notice.textContent = error.message || TROUBLE;
    }
    await this.#session.refresh();
  }

  #working(busy) {
    this.#busy = busy;
    this.form.setAttribute("aria-busy", String(busy));
    this.send.disabled = busy;
    this.send.classList.toggle("working", busy);
  }

  #keys(event) {
    if (event.target.closest("dialog") !== this.dialog) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.#close(false);
    } else if (event.key === "Tab") {
      this.#wrapFocus(event);
    }
  }

  #wrapFocus(event) {
    const stops = [...this.form.querySelectorAll(FOCUSABLE)].filter((node) => node.getClientRects().length && node.tabIndex >= 0);
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    const outside = !stops.includes(document.activeElement) && document.activeElement !== this.title;
    if (document.activeElement !== edge && !outside && !(event.shiftKey && document.activeElement === this.title)) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
  }

  #iconButton(name, label, click) {
    return el("button", { class: "icon-button", type: "button", "aria-label": label, on: { click } }, icon(name));
  }
}

/** What a view is about, so that another page of a form is read from its top and the same one from where it was. */
const signOf = (view) => `${plainText(view.title)}\n${view.blocks.find(({ type }) => type === "input")?.block_id}`;

/** What Slack checks before it sends a form: mandatory inputs, lengths, numbers and addresses. */
function localFaults(blocks, surface) {
  const faults = {};
  for (const block of blocks.filter(({ type }) => type === "input")) {
    const content = surface.value(block, block.element)[valueKey(block.element.type)];
    const empty = content === null || content === undefined || content === "" || content.length === 0;
    if (empty && !block.optional) faults[block.block_id] = "Please complete this required field.";
    else if (!empty && typeof content === "string") {
      const fault = textFault(block.element, content);
      if (fault) faults[block.block_id] = fault;
    }
  }
  return faults;
}
