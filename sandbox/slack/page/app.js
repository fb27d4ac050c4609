// The page: who looks at which conversation, and the fetching of what changed.

import * as api from "./api.js";
import { Composer } from "./composer.js";
import { app, channel, channelLabel, channels, learnChannels, learnWorkspace, team, user, users } from "./directory.js";
import { announce, el, icon } from "./dom.js";
import { Home } from "./home.js";
import { Modal } from "./modal.js";
import { PersonSwitch } from "./person.js";
import { Sidebar } from "./sidebar.js";
import { Timeline } from "./timeline.js";
import { toast } from "./toast.js";

class Session {
  user = null;
  channel = null;
  tab = "messages";
  #state = null;
  #messages = null;
  #stopListening = () => {};
  #fetching = null;
  #fetchAgain = false;

  async start() {
    learnWorkspace(await api.workspace());
    const wanted = new URLSearchParams(location.search);
    this.user = user(wanted.get("user")) ? wanted.get("user") : users()[0].id;
    this.channel = wanted.get("channel");
    document.getElementById("team-name").textContent = team().name;
    this.person = new PersonSwitch(this);
    this.sidebar = new Sidebar(this);
    this.timeline = new Timeline(this);
    this.composer = new Composer(this);
    this.home = new Home(this);
    this.modal = new Modal(this);
    document.addEventListener("click", (event) => {
      const target = event.target.closest("[data-open-channel]");
      if (target) this.open(target.dataset.openChannel);
    });
    const [visit] = performance.getEntriesByType("navigation");
    if (visit?.type === "reload") await api.reload({ user: this.user });
    this.#listen();
    await this.refresh();
    document.getElementById("composer-text").focus();
  }

  /** Look as another person, each with own messages, modals and unsent text. */
  async become(id) {
    if (id === this.user) return;
    this.user = id;
    this.#state = null;
    this.#messages = null;
    this.modal.show([]);
    this.#listen();
    await this.refresh();
    announce(`You are ${user(id).real_name}`);
  }

  async open(id) {
    if (id !== this.channel) this.tab = "messages";
    this.channel = id;
    this.#messages = null;
    await this.refresh();
    if (this.tab === "messages" && matchMedia("(min-width: 761px)").matches) document.getElementById("composer-text").focus();
  }

  async showTab(tab) {
    this.tab = tab;
    this.#show();
    await api.home({ user: this.user, tab }).catch((error) => toast(error.message));
    await this.refresh();
  }

  write(text) { this.composer.write(text); }

  /** Fetch and show what there is now. Calls that come meanwhile share one more round. */
  refresh() {
    if (this.#fetching) {
      this.#fetchAgain = true;
      return this.#fetching;
    }
    this.#fetching = (async () => {
      try {
        do {
          this.#fetchAgain = false;
          await this.#fetch();
        } while (this.#fetchAgain);
      } finally {
        this.#fetching = null;
      }
    })();
    return this.#fetching;
  }

  async #fetch() {
    const asked = this.user;
    try {
      const state = await api.state(asked);
      if (asked !== this.user) return;
      learnChannels(state.channels);
      if (!channel(this.channel)) this.channel = firstPlace();
      const place = this.channel;
      const { messages } = await api.timeline(asked, place);
      if (asked !== this.user || place !== this.channel) return;
      this.#state = state;
      this.#messages = messages;
    } catch (error) {
      toast(error.message);
      return;
    }
    this.#show();
  }

  #show() {
    const place = channel(this.channel);
    if (!this.#state || !place) return;
    history.replaceState(null, "", `?${new URLSearchParams({ user: this.user, channel: this.channel })}`);
    document.title = `${channelLabel(place)} – ${team().name}`;
    document.body.dataset.user = this.user;
    document.body.dataset.channel = this.channel;
    this.person.show();
    this.sidebar.show();
    this.#showHeader(place);
    this.home.show(place.type === "app", this.tab, this.#state.home);
    this.composer.show(place);
    if (this.#messages) this.timeline.show(place, this.#messages);
    this.modal.show(this.#state.views);
    document.body.dataset.version = this.#state.version;
  }

  #showHeader(place) {
    const title = document.getElementById("channel-title");
    const mark = place.type === "public" ? [icon("hash")] : place.type === "private" ? [icon("lock")] : [];
    const key = JSON.stringify(place);
    if (title.dataset.key === key) return;
    title.dataset.key = key;
    title.replaceChildren(...mark, channelLabel(place).replace(/^#/, ""));
    const inviting = place.bot_is_member === false && place.is_member !== false && !place.is_archived && ["public", "private"].includes(place.type);
    const invite = async () => {
      await api.invite({ user: this.user, channel: place.id }).catch((error) => toast(error.message));
      await this.refresh();
    };
    document.getElementById("channel-tools").replaceChildren(...(inviting
      ? [el("button", { class: "button small", type: "button", data: { testid: "invite" }, on: { click: invite } }, `Add ${app().name}`)]
      : []));
  }

  #listen() {
    this.#stopListening();
    const lost = document.body.classList;
    this.#stopListening = api.listen(this.user, {
      onConnect: () => { lost.remove("lost"); if (this.#state) this.refresh(); },
      onLost: () => lost.add("lost"),
      onFrame: (frame) => {
        if (frame.type === "toast") toast(frame.text);
        else if (frame.type === "changed") this.refresh();
      },
    });
  }
}

function firstPlace() {
  const places = channels();
  return (places.find((place) => place.is_member && place.type === "public") ?? places[0])?.id;
}

new Session().start().catch((error) => toast(error.message));
