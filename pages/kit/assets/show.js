// The show: beats of live pages with a caption, one after the other, each loaded before it is needed.
// It stops by itself when somebody works in the page, and a kiosk goes on when nobody has for a while.
import { Frame } from "./show_frames.js"

const TICK_MS = 100, ALIGN_MS = 250, BREATH_MS = 500, TITLE_MS = 2500
const KIOSK_PATIENCE_MS = 90_000
const HOLD_MS = 8000 // a beat stays that much longer rather than show that the next is not ready
const BODY_PX = 16, LARGE_PX = 28, FULL_HD = 1920 // a page's body type, on a projector, on such a screen

const data = JSON.parse(document.getElementById("show-data").textContent)
const asked = new URLSearchParams(location.search)
const speed = Math.min(Math.max(Number(asked.get("speed")) || 1, 0.1), 100)
const kiosk = asked.get("kiosk") === "1"
const $ = (id) => document.getElementById(id)
/** @returns {HTMLElement[]} */
const all = (selector) => [...document.querySelectorAll(selector)]
const body = document.body

let lang = document.documentElement.lang
let at = 0, elapsed = 0, held = 0, playing = true, shown = false, ended = false, turn = 0, lastTouch = performance.now()
const waits = data.beats.map(() => null) // milliseconds a beat was waited for, in sight

const frames = ["show-a", "show-b"].map((id) => new Frame($(id), { touched, key: keyInside }))
let [front, back] = frames

const beat = () => data.beats[at]
const words = () => data.words[lang]
const said = (n = at) => data.beats[n].said[lang]
const urlOf = (n) => `${data.beats[n].path}?${new URLSearchParams({ ...data.beats[n].settings, lang })}`

/** The whole text of the player in the language in force. */
function speakAgain() {
  document.documentElement.lang = lang
  document.title = data.titles[lang]
  for (const each of all("[data-word]")) each.textContent = words()[each.dataset.word]
  for (const each of all("[data-label]")) {
    each.setAttribute("aria-label", words()[each.dataset.label])
    each.title = words()[each.dataset.label]
  }
  for (const each of all("[data-href]")) {
    each.setAttribute("href", `${each.dataset.href}${each.dataset.href.includes("?") ? "&" : "?"}lang=${lang}`)
  }
  for (const each of all("[data-lang]")) {
    each.setAttribute("aria-pressed", String(each.dataset.lang === lang))
  }
  $("show-title").textContent = data.titles[lang]
  caption()
  state()
}

const piece = (tag, text) => Object.assign(document.createElement(tag), { textContent: text })

/** How a figure came to be; what that means, and by which command, is for whoever opens it: the show waits. */
function origin({ text, told, command }) {
  const node = document.createElement("details"), summary = piece("summary", text), opened = piece("div", "")
  summary.title = told[0] ?? ""
  opened.append(...told.map((each) => piece("p", each)), ...command ? [piece("code", command)] : [])
  node.append(summary, opened)
  node.addEventListener("toggle", () => node.open && playing && halt())
  return node
}

function caption() {
  const { heading, say, measured, badges } = said()
  $("show-heading").textContent = heading
  $("show-say").textContent = say
  $("show-measured").replaceChildren(
    piece("span", measured ?? ""),
    " ",
    ...badges.flatMap((each) => [origin(each), " "]),
  )
  progress()
}

const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`

function progress() {
  const rest = data.beats.slice(at).reduce((sum, each) => sum + each.seconds, 0) - elapsed / 1000
  const left = words().left.replace("{time}", clock(Math.max(0, rest)))
  $("show-where").textContent = `${words().where.replace("{n}", at + 1).replace("{of}", data.beats.length)}`
  $("show-left").textContent = left
  all("#show-bar li").forEach((each, i) => {
    const share = i < at ? 1 : i > at ? 0 : Math.min(1, elapsed / 1000 / beat().seconds)
    each.style.setProperty("--done", share.toFixed(3))
  })
}

/** What the buttons and the notice say: playing, paused, or paused by a hand in the page. */
function state() {
  const inside = !playing && front.isTouched
  body.dataset.state = ended ? "ended" : !playing ? "paused" : shown ? "playing" : "waiting"
  body.dataset.beat = String(at)
  body.dataset.waits = JSON.stringify(waits)
  const label = playing ? words().pause : words().go_on
  $("show-play").setAttribute("aria-label", label)
  $("show-play").title = label
  $("show-notice").hidden = playing || ended
  $("show-paused").textContent = inside ? words().inside : words().paused
  $("show-end").hidden = !ended
  $("show-end").inert = !ended
}

/** The address follows, so that a reload or a link opens the same beat. */
function address() {
  const query = new URLSearchParams(location.search)
  query.set("lang", lang)
  query.set("beat", String(at + 1))
  history.replaceState(null, "", `${location.pathname}?${query}`)
}

/** Show a beat: from the other frame if its page is another one, else in this one. */
async function go(to, { fresh = false } = {}) {
  const mine = ++turn, url = urlOf(to), isOpen = front.url === url && front.isReady && !front.isTouched && !fresh
  const begun = performance.now()
  at = to
  elapsed = held = 0
  ended = false
  shown = isOpen
  caption()
  state()
  address()
  if (!isOpen) {
    if (back.url !== url || back.isTouched || (fresh && back.isReady)) back.load(url, beat().at)
    if (!back.isReady && !await back.ready) return
    if (mine !== turn) return
    ;[front, back] = [back, front]
    front.look(beat().at)
  } else front.look(beat().at, true)
  front.element.classList.add("front")
  back.element.classList.remove("front")
  front.element.inert = false
  back.element.inert = true
  mirror()
  shown = true
  waits[at] = Math.round(performance.now() - begun)
  state()
  front.press(beat().press, speed, () => mine === turn && !front.isTouched, () => !playing)
  setTimeout(() => mine === turn && prepare(), BREATH_MS / speed)
}

/** Load the next page that is another one, while this one is seen. */
function prepare() {
  for (let n = at + 1; n <= data.beats.length; n++) {
    const to = n % data.beats.length
    if (n === data.beats.length && !kiosk) return
    if (urlOf(to) !== front.url) {
      if (back.url !== urlOf(to) || back.isTouched) back.load(urlOf(to), data.beats[to].at)
      return
    }
  }
}

/** The pages' own theme, which a visitor may have chosen there. */
function mirror() {
  const theme = front.element.contentDocument?.documentElement.dataset.theme
  if (theme) document.documentElement.dataset.theme = theme
}

function step(by) {
  const to = at + by
  if (to < 0) return go(0)
  if (to < data.beats.length) return go(to)
  if (kiosk) return go(0)
  ended = true
  playing = false
  elapsed = 1000 * beat().seconds
  ++turn
  progress()
  state()
  all("#show-end a")[0].focus()
}

function play() {
  playing = true
  if (ended) go(0)
  else if (front.isTouched || !shown) go(at, { fresh: front.isTouched })
  state()
}

function halt() {
  playing = false
  state()
}

function touched() {
  lastTouch = performance.now()
  if (playing) halt()
  else state()
}

/** Keys of keyboards and of clickers; whether this one was meant for the player. */
function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return false
  const onControl = event.target instanceof Element && event.target.closest("button, a, summary")
  if (event.key === " " && onControl) return false
  const does = {
    " ": () => playing ? halt() : play(),
    ArrowRight: () => step(1),
    PageDown: () => step(1),
    ArrowLeft: () => step(-1),
    PageUp: () => step(-1),
    f: wide,
    F: wide,
  }[event.key]
  if (!does) return false
  event.preventDefault()
  lastTouch = performance.now()
  does()
  return true
}

/** A clicker goes on even if the last click was inside the page; all other keys there belong to the page. */
function keyInside(event) {
  if (!["PageDown", "PageUp"].includes(event.key) || event.target.closest("input, textarea, select")) return false
  playing = true
  return key(event)
}

function wide() {
  if (document.fullscreenElement) document.exitFullscreen()
  else document.documentElement.requestFullscreen?.().catch(() => {})
}

/** Large type on a large screen: the page is laid out narrower and drawn larger. A phone gets it as it is. */
function fit() {
  const width = innerWidth, isTall = innerHeight > innerWidth
  const full = (LARGE_PX / BODY_PX) * (width / FULL_HD)
  const scale = width < 700 ? 1 : Math.max(1, isTall ? width / 640 : full)
  body.style.setProperty("--scale", scale.toFixed(4))
}

$("show-play").addEventListener("click", () => playing ? halt() : play())
$("show-continue").addEventListener("click", () => {
  play()
  $("show-play").focus()
})
$("show-back").addEventListener("click", () => step(-1))
$("show-next").addEventListener("click", () => step(1))
$("show-wide").addEventListener("click", wide)
$("show-again").addEventListener("click", play)
for (const each of all("[data-lang]")) {
  each.addEventListener("click", () => {
    lang = each.dataset.lang
    speakAgain()
    go(at)
  })
}
addEventListener("keydown", key)
addEventListener("pointerdown", () => (lastTouch = performance.now()))
addEventListener("click", (event) => {
  // A mouse leaves no focus on a button, so that the space bar pauses and does not press it again.
  if (event.detail && event.target instanceof Element) event.target.closest("button")?.blur()
})
addEventListener("resize", fit)

let before = performance.now()
setInterval(() => {
  const now = performance.now(), passed = now - before
  before = now
  if (playing && shown && !document.hidden) {
    elapsed += passed * speed
    progress()
    if (elapsed >= 1000 * beat().seconds) {
      const isComing = back.url === urlOf((at + 1) % data.beats.length) && !back.isReady
      held += passed
      if (!isComing || held > HOLD_MS) step(1)
    }
  }
  if (kiosk && !playing && now - lastTouch > KIOSK_PATIENCE_MS / speed) play()
}, TICK_MS)
setInterval(() => playing && shown && elapsed > 1500 && !front.isTouched && front.look(beat().at), ALIGN_MS)

const first = Math.min(Math.max((Number(asked.get("beat")) || 1) - 1, 0), data.beats.length - 1)
fit()
at = first
speakAgain()
body.dataset.kiosk = String(kiosk)
const opened = performance.now()
front.load(urlOf(first), data.beats[first].at).then(() => {
  setTimeout(() => {
    $("show-cover").hidden = true
    front.isReady && go(first)
  }, Math.max(0, TITLE_MS / speed - (performance.now() - opened)))
})
