// What the plain pages of a room share: words, elements, the stream, and sending so that nothing is lost.
// Texts of people reach the page as text nodes only; nothing here parses markup.

const about = JSON.parse(document.getElementById("gb-room").textContent)

export const { code, lang, langs } = about

/** A text in the reader's language, with its places filled in. */
export function say(key, values = {}) {
  return about.words[key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole))
}

/** An element; `text` becomes a text node, `on…` a listener, null attributes are left out. */
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value)
    else if (key === "text") made.textContent = value
    else made.setAttribute(key, value === true ? "" : value)
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false))
  return made
}

/** Replace what an element holds, unless it would look the same: a reader's place and focus stay. */
export function fill(root, key, make) {
  if (root.dataset.shows === key) return false
  root.dataset.shows = key
  const focused = /** @type {HTMLElement} */ (document.activeElement)?.dataset?.name
  root.replaceChildren(...[make()].flat().filter(Boolean))
  if (focused) root.querySelector(`[data-name="${CSS.escape(focused)}"]`)?.focus()
  return true
}

/** Links to the same page in the other languages. */
export function languages() {
  const links = langs.filter((each) => each !== lang).map((each) => {
    const address = new URL(location.href)
    address.searchParams.set("lang", each)
    return el("a", { href: address.pathname + address.search, lang: each, hreflang: each, text: each.toUpperCase() })
  })
  return el("nav", { "aria-label": say("language"), class: "languages" }, ...links)
}

/**
 * Send JSON; resolves to {ok, status, body}. Never throws: a network that is away is status 0.
 */
export async function post(path, body, timeoutMs = 8000) {
  const ended = new AbortController()
  const timer = setTimeout(() => ended.abort(), timeoutMs)
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: ended.signal,
    })
    const told = await answer.json().catch(() => ({}))
    return { ok: answer.ok, status: answer.status, body: told, code: told?.error?.code ?? "" }
  } catch {
    return { ok: false, status: 0, body: {}, code: "away" }
  } finally {
    clearTimeout(timer)
  }
}

const QUIET_MS = 20_000 // the server gives a sign of life every eight seconds
const RETRY_MS = 1000

/**
 * Hear a room's stream for as long as the page is open: after sleep, lost Wi-Fi or a server that was started
 * again it comes back by itself, and the first view it gets is the whole truth.
 *
 * @param {string} who "phone", "projector" or "lead"
 * @param {(view: object) => void} show called with every view
 * @param {(isThere: boolean) => void} tell called when the connection goes or comes back
 * @param {(status: number) => void} refused called when the server says that this page may not look
 */
export function hear(who, show, tell, refused) {
  const path = `/rooms/${code}/live?as=${who}&lang=${lang}`
  let source = null
  let heard = Date.now()
  let retry = 0
  const open = async () => {
    clearTimeout(retry)
    source?.close()
    heard = Date.now()
    source = new EventSource(path)
    source.onmessage = (event) => {
      heard = Date.now()
      tell(true)
      const view = JSON.parse(event.data)
      view.ahead = view.now - Date.now()
      show(view)
    }
    source.onopen = () => heard = Date.now()
    source.onerror = async () => {
      tell(false)
      if (source.readyState !== EventSource.CLOSED) return // it comes back by itself
      clearTimeout(retry)
      // A stream cannot say why it was refused: ask.
      const asked = await fetch(`/rooms/${code}/may?as=${who}`).catch(() => null)
      if (asked && [401, 403, 404].includes(asked.status)) refused(asked.status)
      else retry = setTimeout(open, RETRY_MS)
    }
  }
  const look = () => {
    if (document.visibilityState === "visible" && Date.now() - heard > QUIET_MS) open()
  }
  setInterval(look, 3000)
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") open() // a phone that slept has lost it without knowing
  })
  addEventListener("online", open)
  addEventListener("pagehide", () => source?.close())
  open()
}

/** Minutes and seconds until a moment of the server's clock; null where there is none, 0 when it is over. */
export function left(view) {
  if (!view?.timer_ends) return null
  return Math.max(0, Math.ceil((view.timer_ends - Date.now() - view.ahead) / 1000))
}

/** How many simulated people are among those just counted, in the same words everywhere; null for none. */
export const simulated = (n) => n ? el("span", { class: "simulated", text: say("n_simulated", { n }) }) : null

export const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`

/** Bars for the options of a question: how many chose what, and which was true. */
export function bars(question, tally, { mine = null } = {}) {
  const n = tally ? Math.max(1, Object.values(tally).reduce((a, b) => a + b, 0)) : 1
  return el(
    "ol",
    { class: "bars" },
    ...question.options.map(({ key, label }) => {
      const votes = tally?.[key] ?? 0
      const share = tally ? Math.round((100 * votes) / n) : 0
      const is = question.outcome === key
      const bar = el("span", { class: "bar", "aria-hidden": "true" })
      bar.style.setProperty("--share", `${share}%`)
      return el(
        "li",
        { class: [is && "is-true", mine === key && "is-mine"].filter(Boolean).join(" ") || null },
        el("span", { class: "label", text: label }),
        tally && el("span", { class: "votes", text: `${votes} · ${share} %` }),
        tally && bar,
        mine === key && el("span", { class: "true", text: say("your_choice") }),
        is && el("span", { class: "true", text: say(question.measured ? "is_right" : "answer_is") }),
      )
    }),
  )
}
