// The messages of a conversation, as the person who looks sees them.

import * as api from "./api.js";
import { appAvatar, personAvatar } from "./avatar.js";
import { showBlocks } from "./blocks.js";
import { clock, dayName, fullMoment } from "./dates.js";
import { app, catalogueUrl, channelLabel, personName, shortcuts } from "./directory.js";
import { arrange, el, freshId, icon } from "./dom.js";
import { fileSize } from "./file_input.js";
import { openMenu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { Surface } from "./surface.js";
import { toast } from "./toast.js";

const GROUPED_WITHIN = 300;

export class Timeline {
  #session;
  #node = document.getElementById("timeline");
  #entries = new Map();
  #days = new Map();
  #welcome = null;
  #place = null;
  #top = 0;
  #follows = true;

  constructor(session) {
    this.#session = session;
    this.#node.addEventListener("scroll", () => this.#look());
    // A keyboard on the screen, another width or a picture that came late hide the end otherwise.
    new ResizeObserver(() => this.#stay()).observe(this.#node);
    this.#node.addEventListener("load", () => this.#stay(), true);
  }

  /** Show the messages of `place`; a conversation just opened starts at its end. */
  show(place, messages) {
    const opened = this.#place !== `${this.#session.user} ${place.id}`;
    this.#look();
    this.#follows ||= opened;
    if (opened) this.#forget(place);
    const nodes = messages.length ? this.#messageNodes(place, messages) : [this.#welcomeNode(place)];
    arrange(this.#node, nodes);
    this.#stay();
  }

  /** See whether the person scrolled away from the end, or back: a message may come before the scroll's event. */
  #look() {
    const { scrollTop, scrollHeight, clientHeight } = this.#node;
    if (!clientHeight || scrollTop === this.#top) return;
    this.#top = scrollTop;
    this.#follows = scrollHeight - scrollTop - clientHeight < 80;
  }

  /** Whoever reads the newest message goes on doing so. */
  #stay() {
    if (!this.#follows) return;
    this.#node.scrollTop = this.#node.scrollHeight;
    this.#top = this.#node.scrollTop;
  }

  #forget(place) {
    this.#place = `${this.#session.user} ${place.id}`;
    this.#entries.clear();
    this.#days.clear();
    this.#welcome = null;
    // Opening another conversation is no news: only what comes later is read out.
    this.#node.setAttribute("aria-live", "off");
    setTimeout(() => this.#node.setAttribute("aria-live", "polite"), 500);
  }

  #messageNodes(place, messages) {
    const nodes = [];
    const kept = new Set(messages.map((message) => message.ts));
    for (const ts of this.#entries.keys()) if (!kept.has(ts)) this.#entries.delete(ts);
    let before = null;
    for (const message of messages) {
      const day = dayName(message.ts);
      const newDay = !before || dayName(before.ts) !== day;
      if (newDay) nodes.push(this.#dayNode(day));
      nodes.push(this.#messageNode(place, message, !newDay && follows(before, message)));
      before = message;
    }
    return nodes;
  }

  #dayNode(day) {
    if (!this.#days.has(day)) this.#days.set(day, el("div", { class: "day" }, el("span", {}, day)));
    return this.#days.get(day);
  }

  #messageNode(place, message, grouped) {
    const fingerprint = JSON.stringify([{ ...message, unread: null }, grouped]);
    let entry = this.#entries.get(message.ts);
    if (!entry) {
      entry = this.#newEntry(place, message);
      this.#entries.set(message.ts, entry);
    }
    if (entry.fingerprint !== fingerprint) this.#fill(entry, place, message, grouped);
    entry.fingerprint = fingerprint;
    return entry.node;
  }

  #newEntry(place, message) {
    const surface = new Surface("message", { channel: place.id, ts: message.ts }, this.#session);
    const node = el("article", { class: "message", data: { testid: "message", ts: message.ts } });
    return { node, surface, blocks: el("div", { class: "blocks" }) };
  }

  #fill(entry, place, message, grouped) {
    const { node, surface, blocks } = entry;
    const author = message.bot ? app().name : personName(message.user);
    const name = freshId("author");
    node.classList.toggle("grouped", grouped);
    node.classList.toggle("ephemeral", Boolean(message.ephemeral));
    const isReply = Boolean(message.thread_ts) && message.thread_ts !== message.ts;
    node.classList.toggle("reply", isReply);
    Object.assign(node.dataset, { ephemeral: String(Boolean(message.ephemeral)), author });
    node.setAttribute("aria-labelledby", name);
    const head = el("div", { class: grouped ? "message-head visually-hidden" : "message-head", id: name },
      el("span", { class: "author" }, author),
      message.bot && el("span", { class: "app-badge" }, "APP"),
      el("time", { class: "clock", title: fullMoment(message.ts) }, clock(message.ts)));
    const edited = message.edited && el("span", { class: "edited muted" }, "(edited)");
    let content;
    if (message.blocks?.length) {
      surface.load(message.blocks);
      showBlocks(blocks, message.blocks, surface);
      content = [blocks, edited];
    } else {
      content = message.text && el("div", { class: "message-text" }, mrkdwn(message.text), edited && [" ", edited]);
    }
    const kept = blocks.isConnected && message.blocks?.length ? blocks : null;
    const body = [
      message.ephemeral && el("p", { class: "only-you muted" }, icon("eye"), "Only visible to you"),
      isReply && el("p", { class: "in-thread muted" }, "In a thread"),
      head, content, files(message.files), this.#attachments(surface, message),
    ].flat().filter(Boolean);
    const side = grouped ? el("span", { class: "side-clock muted", "aria-hidden": "true" }, clock(message.ts))
      : message.bot ? appAvatar() : personAvatar(message.user);
    if (!entry.body) {
      entry.body = el("div", { class: "message-body" });
      entry.side = el("div", { class: "message-side" });
      node.append(entry.side, entry.body, ...this.#tools(place, message));
    }
    entry.side.replaceChildren(side);
    // Leaving the kept blocks where they are keeps their focus and open lists.
    if (kept) arrange(entry.body, body);
    else entry.body.replaceChildren(...body);
  }

  #attachments(surface, message) {
    return (message.attachments ?? []).map((attachment) => {
      const box = el("div", { class: "attachment", data: { testid: "attachment" } });
      if (attachment.blocks) showBlocks(box, attachment.blocks, surface);
      else box.append(...[attachment.title, attachment.text ?? attachment.fallback].filter(Boolean).flatMap((text) => mrkdwn(text)));
      return box;
    });
  }

  #tools(place, message) {
    const offered = message.ephemeral ? [] : shortcuts("message");
    if (!offered.length) return [];
    const run = async (shortcut) => {
      try {
        await api.shortcut({ user: this.#session.user, callback_id: shortcut.callback_id, channel: place.id, ts: message.ts });
      } catch (error) {
        toast(error.message);
      }
      await this.#session.refresh();
    };
    const button = el("button", {
      class: "icon-button message-more", type: "button", "aria-label": "More message actions", "aria-haspopup": "menu",
      data: { testid: "message-actions" },
      on: { click: () => openMenu(button, offered.map((one) => ({ label: one.name, note: app().name, value: one.callback_id, run: () => run(one) }))) },
    }, icon("more"));
    return [button];
  }

  #welcomeNode(place) {
    this.#welcome ??= welcome(place, () => this.#session.write("/bcdc help"));
    return this.#welcome;
  }
}

const authorOf = (message) => (message.bot ? "app" : message.user);

function follows(before, message) {
  // A card keeps its own head, so that it reads by itself.
  return authorOf(before) === authorOf(message) && !before.ephemeral && !message.ephemeral && !message.blocks?.length
    && Number(message.ts) - Number(before.ts) < GROUPED_WITHIN;
}

function files(given) {
  if (!given?.length) return null;
  return el("ul", { class: "file-list" }, given.map((file) => el("li", { class: "file-card", data: { testid: "message-file" } },
    icon("file"), file.url?.startsWith("/page/file/")
      ? el("a", { class: "file-name", href: file.url, download: file.name }, file.name)
      : el("span", { class: "file-name" }, file.name),
    file.size !== undefined && el("span", { class: "muted" }, fileSize(file.size)),
    picture(file))));
}

/** What Slack shows of a picture below its name. */
function picture(file) {
  const shown = file.mimetype === "image/png" && file.url?.startsWith("/page/file/");
  return shown && el("img", { class: "file-picture", src: file.url, alt: file.alt_text, data: { testid: "message-picture" } });
}

function welcome(place, write) {
  const where = place.type === "app" ? `your conversation with ${app().name}` : channelLabel(place);
  const address = catalogueUrl();
  return el("div", { class: "welcome", data: { testid: "welcome" } },
    el("h2", {}, `This is the start of ${where}`),
    place.is_archived || place.is_member === false ? null : howToStart(write),
    address && /^https?:/.test(address) && el("p", { class: "muted" }, "To change records, connect first with ", el("code", {}, "/bcdc connect"),
      ": your key is on your account page in the ",
      el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, "sandbox catalogue"), "."));
}

function howToStart(write) {
  return [
    el("p", {}, "Type ", el("code", {}, "/bcdc help"),
      ` in the box below to see what ${app().name} can do. What it answers to reading commands, only you see.`),
    el("p", {}, el("button", { class: "button", type: "button", on: { click: write } }, "Write /bcdc help for me")),
  ];
}
