// A Streamlit page of somebody who takes part in a workshop: it follows the facilitator. It opens the page of the
// step, stands behind a curtain while everybody looks to the front, and leaves locked controls alone. Who takes
// part is known from what the phone's page has written down in this browser; without it nothing here does anything.

const MARK = "gb-in-room" // the code of the room; see room_phone.js
const BACK = 30_000 // how long somebody may look elsewhere after opening another page by themselves

const said = () => JSON.parse(document.getElementById("gb-words")?.textContent ?? "{}")

function code() {
  try {
    return localStorage.getItem(MARK) ?? ""
  } catch {
    return ""
  }
}

function made(name, className, text = "") {
  const element = document.createElement(name)
  element.className = className
  element.textContent = text
  return element
}

const words = said()
const sheet = new CSSStyleSheet()
const bar = made("aside", "gb-room-bar")
const link = made("a", "")
const title = made("span", "")
const curtain = made("div", "gb-room-curtain", words.room_front)
const opened = Date.now()
let source = null
let shown = ""

bar.append(title, link)
curtain.setAttribute("role", "alert")

/** Controls that the facilitator has locked: they are seen, and do nothing. */
function lock(names) {
  const safe = names.filter((name) => /^\w+$/.test(name)).map((name) => `.st-key-${name}`)
  sheet.replaceSync(safe.length ? `:is(${safe.join(",")}) { pointer-events: none; opacity: .55; }` : "")
  for (const element of document.querySelectorAll("[data-gb-locked]")) {
    if (!safe.some((name) => element.matches(name))) {
      element.removeAttribute("data-gb-locked")
      element.removeAttribute("inert")
    }
  }
  for (const element of safe.length ? document.querySelectorAll(safe.join(",")) : []) {
    element.setAttribute("data-gb-locked", "")
    element.setAttribute("inert", "")
  }
}

let locked = []
new MutationObserver(() => locked.length && lock(locked)).observe(document.body ?? document.documentElement, {
  childList: true,
  subtree: true,
})

function follow(view) {
  if (view.ended || !view.you) return leave()
  if (view.question?.is_open) link.textContent = words.room_vote
  else link.textContent = words.room_back
  title.textContent = `${words.room_name}: ${view.step.title}`
  if (!bar.isConnected) document.body.append(bar)
  if (view.paused && !curtain.isConnected) document.body.append(curtain)
  if (!view.paused) curtain.remove()
  locked = view.step.locked
  lock(locked)
  const target = new URL(view.step.page, location.origin)
  const isNew = shown !== view.step.page
  const isFirst = shown === ""
  shown = view.step.page
  const isElsewhere = target.pathname !== location.pathname
  if (view.pace !== "led" || view.step.phone !== "page" || view.paused || !isElsewhere) return
  // A step that begins takes everybody along; who has just opened another page may look at it for a moment.
  if ((isNew && !isFirst) || Date.now() - opened > BACK) location.assign(target.pathname + target.search)
}

function leave() {
  close()
  bar.remove()
  curtain.remove()
  locked = []
  lock([])
  try {
    localStorage.removeItem(MARK)
  } catch {
    // nothing was written down
  }
}

function close() {
  source?.close()
  source = null
}

function open() {
  const room = code()
  if (!/^[A-Z]{4}$/.test(room) || source || document.visibilityState !== "visible" || window.top !== window) return
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  link.href = `/j/${room}?lang=${document.documentElement.lang}`
  source = new EventSource(`/rooms/${room}/live?as=phone&lang=${document.documentElement.lang}`)
  source.onmessage = (event) => follow(JSON.parse(event.data))
  source.onerror = async () => {
    if (source?.readyState !== EventSource.CLOSED) return
    close()
    const asked = await fetch(`/rooms/${room}/may?as=phone`).catch(() => null)
    if (asked?.status === 404) leave()
    else setTimeout(open, 2000)
  }
}

document.addEventListener("visibilitychange", () => document.visibilityState === "visible" ? open() : close())
addEventListener("pagehide", close)
open()
