// The page's side of the sandbox's page API: JSON over HTTP, and one WebSocket for news.

/** The server refused; its message is a sentence or an error code. */
export class Refused extends Error {}

async function ask(path, init) {
  let response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new Refused("The sandbox is not answering. Is it still running?");
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(body.error ?? `The sandbox answered ${response.status}.`);
  return body;
}

const read = (path, query) => ask(`${path}?${new URLSearchParams(query)}`);
const say = (path, body) => ask(path, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

export const workspace = () => read("/page/workspace", {});
export const state = (user) => read("/page/state", { user });
export const timeline = (user, channel) => read("/page/timeline", { user, channel });
export const command = (body) => say("/page/command", body);
export const message = (body) => say("/page/message", body);
export const click = (body) => say("/page/click", body);
export const options = (body) => say("/page/options", body);
export const submit = (body) => say("/page/submit", body);
export const close = (body) => say("/page/close", body);
export const shortcut = (body) => say("/page/shortcut", body);
export const home = (body) => say("/page/home", body);
/** Reload Slack for a person: what was ephemeral is gone, and so are open forms. */
export const reload = (body) => say("/page/reload", body);
export const invite = (body) => say("/page/invite", body);

/** Upload one file of the person's; answers its id. */
export const upload = (user, file) =>
  ask(`/page/file?${new URLSearchParams({ user, name: file.name })}`, {
    method: "POST",
    headers: { "Content-Type": file.type || "application/octet-stream" },
    body: file,
  });

/** Listen for news of one person; reconnects by itself until the returned function is called. */
export function listen(user, { onFrame, onConnect, onLost }) {
  let socket = null;
  let stopped = false;
  let attempt = 0;
  let timer = 0;

  const connect = () => {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(`${scheme}//${location.host}/page/live?${new URLSearchParams({ user })}`);
    socket.addEventListener("open", () => { attempt = 0; onConnect(); });
    socket.addEventListener("message", (event) => onFrame(JSON.parse(event.data)));
    socket.addEventListener("close", () => {
      if (stopped) return;
      onLost();
      attempt += 1;
      timer = setTimeout(connect, Math.min(250 * 2 ** attempt, 5000));
    });
  };
  connect();
  return () => { stopped = true; clearTimeout(timer); socket.close(); };
}
