// Files given in a form: chosen, uploaded at once, listed, and removable before the form is sent.

import * as api from "./api.js";
import { announce, el, icon } from "./dom.js";
import { focusKey } from "./surface.js";

const LARGEST = 10 * 1024 * 1024;

/** A size as people read it. */
export function fileSize(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  const [unit, size] = bytes < 1024 ** 2 ? ["KB", 1024] : bytes < 1024 ** 3 ? ["MB", 1024 ** 2] : ["GB", 1024 ** 3];
  return `${(bytes / size).toFixed(1).replace(/\.0$/, "")} ${unit}`;
}

export function fileInput(block, element, surface, { name, labelId, describedBy }) {
  const limit = element.max_files ?? 10;
  const files = () => surface.value(block, element).files ?? [];
  const note = el("p", { class: "hint", role: "status" });
  const list = el("ul", { class: "file-list" });

  const show = () => {
    list.replaceChildren(...files().map((file) => el("li", { class: "file-card", data: { testid: "file" } },
      icon("file"),
      el("span", { class: "file-name" }, file.name ?? file.title ?? "File"),
      file.size !== undefined && el("span", { class: "muted" }, fileSize(file.size)),
      el("button", {
        class: "icon-button", type: "button", "aria-label": `Remove ${file.name ?? "file"}`,
        on: { click: () => remove(file) },
      }, icon("trash")))));
    drop.hidden = files().length >= limit;
  };
  const remove = (file) => {
    surface.choose(block, element, files().filter((other) => other.id !== file.id));
    show();
    announce(`Removed ${file.name ?? "file"}`);
    picker.focus();
  };
  const add = async () => {
    const given = [...picker.files].slice(0, limit - files().length);
    picker.value = "";
    surface.uploading += 1;
    try {
      for (const file of given) await take(file);
    } finally {
      surface.uploading -= 1;
    }
  };
  const take = async (file) => {
    if (file.size > LARGEST) {
      note.textContent = `${file.name} is larger than 10 MB, the most a form takes.`;
      return;
    }
    note.textContent = `Uploading ${file.name}…`;
    try {
      const { id } = await api.upload(surface.user, file);
      note.textContent = "";
      const entry = { id, name: file.name, size: file.size, mimetype: file.type };
      await surface.choose(block, element, [...files(), entry]);
      announce(`Added ${file.name}`);
    } catch (error) {
      note.textContent = error.message;
    }
    show();
  };

  const picker = el("input", {
    type: "file", class: "file-picker", multiple: limit > 1,
    accept: element.filetypes?.map((type) => `.${type}`).join(",") || null,
    "aria-label": name || "Files", "aria-describedby": describedBy || null,
    data: { testid: "file-picker", focusKey: focusKey(block, element) }, on: { change: add },
  });
  const drop = el("div", { class: "file-drop" }, picker,
    limit > 1 && el("span", { class: "muted" }, `Up to ${limit} files, 10 MB each.`));
  show();
  return el("div", { class: "file-input", role: "group", "aria-labelledby": labelId }, drop, note, list);
}
