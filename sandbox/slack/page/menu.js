// A menu at a button, and the placing of anything that pops up beside a control.

import { el } from "./dom.js";

/** Put a fixed `popup` under `anchor`, or above where there is more room, inside the window. */
export function place(popup, anchor, { width, tallest = 320 } = {}) {
  const box = anchor.getBoundingClientRect();
  const margin = 8;
  popup.style.minWidth = width ? `${width}px` : "";
  popup.style.maxWidth = `${window.innerWidth - 2 * margin}px`;
  popup.style.maxHeight = "";
  const below = window.innerHeight - box.bottom - margin;
  const above = box.top - margin;
  const upwards = below < Math.min(popup.offsetHeight, 240) && above > below;
  popup.style.maxHeight = `${Math.min(tallest, Math.max(120, upwards ? above : below) - 4)}px`;
  popup.style.left = `${Math.max(margin, Math.min(box.left, window.innerWidth - popup.offsetWidth - margin))}px`;
  popup.style.top = upwards ? `${box.top - popup.offsetHeight - 4}px` : `${box.bottom + 4}px`;
}

let closeCurrent = null;

/**
 * Open a menu of `items` ({label, note, value, href, checked, run}) at `anchor`: arrows move, Enter chooses,
 * Escape and Tab close, and the focus returns to the anchor.
 */
export function openMenu(anchor, items, { label = "Menu" } = {}) {
  if (closeCurrent?.anchor === anchor) return closeCurrent();
  closeCurrent?.();
  const close = ({ focus = true } = {}) => {
    menu.remove();
    anchor.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    window.removeEventListener("resize", follow);
    if (closeCurrent === close) closeCurrent = null;
    if (focus) anchor.focus();
  };
  const outside = (event) => {
    if (!menu.contains(event.target) && !anchor.contains(event.target)) close({ focus: false });
  };
  const choose = (item) => {
    close();
    if (item.href && /^https?:/i.test(item.href)) window.open(item.href, "_blank", "noopener");
    item.run();
  };
  const checkable = items.some((item) => item.checked !== undefined);
  const entries = items.map((item) => el(
    "button",
    {
      class: "menu-item", type: "button", tabindex: "-1", role: checkable ? "menuitemradio" : "menuitem",
      "aria-checked": checkable ? String(Boolean(item.checked)) : null,
      data: { testid: "menu-item", value: item.value }, on: { click: () => choose(item) },
    },
    item.picture, el("span", { class: "menu-words" }, el("span", {}, item.label),
      item.note && el("span", { class: "menu-note" }, item.note)),
    item.checked && el("span", { class: "menu-check", "aria-hidden": "true" }, "✓"),
  ));
  const menu = el("div", { class: "menu", role: "menu", "aria-label": label, on: { keydown: (event) => keys(event) } }, entries);
  const keys = (event) => {
    const at = entries.indexOf(document.activeElement);
    const to = { ArrowDown: (at + 1) % entries.length, ArrowUp: (at - 1 + entries.length) % entries.length, Home: 0, End: entries.length - 1 }[event.key];
    if (to !== undefined) move(to);
    else if (event.key === "Escape" || event.key === "Tab") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const move = (to) => {
    entries.forEach((entry, index) => { entry.tabIndex = index === to ? 0 : -1; });
    entries[to]?.focus();
  };
  close.anchor = anchor;
  closeCurrent = close;
  anchor.setAttribute("aria-expanded", "true");
  (anchor.closest("dialog") ?? document.body).append(menu);
  const follow = () => {
    anchor.scrollIntoView({ block: "nearest" });
    place(menu, anchor, { tallest: 560 });
  };
  follow();
  document.addEventListener("pointerdown", outside, true);
  window.addEventListener("resize", follow);
  move(Math.max(0, items.findIndex((item) => item.checked)));
  return undefined;
}
