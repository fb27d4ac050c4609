// The confirmation dialog that an element may ask for before it acts.

import { el } from "./dom.js";
import { plainText, textObject } from "./mrkdwn.js";
import { placeToasts } from "./toast.js";

/** Resolve true at once without a dialog object, else once the person confirms; false on cancel and Escape. */
export function confirmed(dialogObject) {
  if (!dialogObject) return Promise.resolve(true);
  return new Promise((resolve) => {
    const before = document.activeElement;
    const finish = (answer) => {
      dialog.close();
      placeToasts();
      dialog.remove();
      before?.focus?.();
      resolve(answer);
    };
    const button = (kind, text, answer) => el("button", {
      type: "button", class: `button ${kind}`, data: { testid: answer ? "confirm-yes" : "confirm-no" },
      on: { click: () => finish(answer) },
    }, text);
    const dialog = el(
      "dialog",
      { class: "confirm", "aria-labelledby": "confirm-title", data: { testid: "confirm" } },
      el("h2", { id: "confirm-title" }, plainText(dialogObject.title)),
      el("div", { class: "confirm-text" }, textObject(dialogObject.text)),
      el("div", { class: "dialog-buttons" },
        button("", plainText(dialogObject.deny) || "Cancel", false),
        button(dialogObject.style === "danger" ? "danger" : "primary", plainText(dialogObject.confirm) || "Yes", true)),
    );
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      finish(false);
    });
    // Inside an open modal everything outside is inert, so the question belongs to the same dialog.
    (document.querySelector("dialog[open]") ?? document.body).append(dialog);
    dialog.showModal();
    placeToasts();
    dialog.querySelector("[data-testid=confirm-yes]").focus();
  });
}
