// A phone in a workshop: come in, vote, write a line, open the page, look to the front.
// What somebody taps is kept on the device until the server has confirmed it, and sent again with the same
// count: a vote that is sent twice counts once, and an older one never replaces a newer one.

import { bars, clock, code, el, fill, hear, languages, left, post, say } from "./room.js"

const PLACE = `gb-room-${code}`
const RETRY_MS = 1500

const top = el("header", { class: "top" })
const banner = el("p", { class: "banner", role: "status" })
const stage = el("main", { class: "stage" })
const foot = el("footer", { class: "foot" })
document.body.append(top, banner, stage, foot)
top.append(el("span", { class: "brand", text: say("title") }), languages())

let view = null
let isSending = false
let kept = remember()

/** What this device still has to send: votes by question, lines in their order, what is said of oneself (a hand up,
 * a yes to being shown), and the last count used. */
function remember() {
  try {
    return { seq: 0, votes: {}, lines: [], me: {}, ...JSON.parse(localStorage.getItem(PLACE) ?? "{}") }
  } catch {
    return { seq: 0, votes: {}, lines: [], me: {} }
  }
}

function keep() {
  try {
    localStorage.setItem(PLACE, JSON.stringify(kept))
  } catch {
    // private browsing: what is open on the screen is kept by the page alone
  }
}

const newKey = () => Array.from({ length: 4 }, () => Math.random().toString(36).slice(2, 10)).join("")

// ---------------------------------------------------------------- coming in

const REASONS = { no_cookie: "no_cookie", full: "full", ended: "ended", rate_limit_exceeded: "too_many" }

function form(error = "") {
  const letters = el("input", {
    id: "code",
    name: "code",
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    maxlength: "12",
    required: true,
    value: code,
    class: "code",
  })
  const name = el("input", { id: "nickname", name: "nickname", maxlength: "40", autocomplete: "nickname" })
  const said = el("p", { class: "error", role: "alert", text: error })
  const button = el("button", { class: "big", type: "submit", text: say("enter") })
  const enter = async (event) => {
    event.preventDefault()
    button.disabled = true
    const answer = await post("/rooms/enter", { code: letters.value, nickname: name.value })
    button.disabled = false
    if (answer.ok) location.assign(`/j/${answer.body.code}${location.search}`)
    else said.textContent = say(answer.status === 404 ? "no_room" : REASONS[answer.code] ?? "failed")
  }
  stage.replaceChildren(
    el(
      "form",
      { class: "come-in", onsubmit: enter },
      el("h1", { text: say("come_in") }),
      el("label", { for: "code", text: say("code") }),
      letters,
      el("label", { for: "nickname", text: say("nickname") }),
      name,
      said,
      button,
      el("p", { class: "soft", text: say("seen_by") }),
    ),
  )
  letters.focus()
}

async function enter() {
  const answer = await post("/rooms/enter", { code })
  if (answer.ok) return hear("phone", show, connected, () => enter())
  if (answer.status === 404) return form(say("no_room"))
  if (answer.code in REASONS) return form(say(REASONS[answer.code]))
  connected(false)
  setTimeout(enter, RETRY_MS)
}

// ---------------------------------------------------------------- sending

function vote(question, choice) {
  kept.seq = Math.max(kept.seq, view?.you?.seq ?? 0) + 1
  kept.votes[question] = { choice, seq: kept.seq }
  keep()
  draw()
  flush()
}

function line(question, text) {
  kept.lines.push({ question, key: newKey(), text })
  keep()
  draw()
  flush()
}

function tell(what, value) {
  kept.me[what] = value
  keep()
  draw()
  flush()
}

/** Send what is kept, one after the other, until all of it is confirmed or refused. */
async function flush() {
  if (isSending) return
  isSending = true
  let isAway = false
  for (const [question, { choice, seq }] of Object.entries(kept.votes)) {
    const answer = await post(`/rooms/${code}/vote`, { question, choice, seq })
    isAway ||= answer.status === 0 || answer.status >= 500 || answer.status === 429
    if (isAway) break
    if (kept.votes[question]?.seq !== seq) continue // changed meanwhile: the newer one follows
    if (answer.ok && answer.body.seq > seq) kept.seq = answer.body.seq // another tab of this phone was later
    if (answer.ok && view?.you && view.question?.key === question) view.you.choice = answer.body.choice
    if (answer.ok && answer.body.pairs) Object.assign(view, { pair: answer.body.pair, pairs: answer.body.pairs })
    delete kept.votes[question]
    keep()
  }
  for (const one of isAway ? [] : [...kept.lines]) {
    const answer = await post(`/rooms/${code}/say`, one)
    isAway ||= answer.status === 0 || answer.status >= 500 || answer.status === 429
    if (isAway) break
    kept.lines = kept.lines.filter(({ key }) => key !== one.key)
    keep()
    if (answer.ok) sent.add(one.question)
  }
  for (const [what, value] of isAway ? [] : Object.entries(kept.me)) {
    const answer = await post(`/rooms/${code}/me`, { [what]: value })
    isAway ||= answer.status === 0 || answer.status >= 500 || answer.status === 429
    if (isAway) break
    if (kept.me[what] !== value) continue // changed meanwhile: the newer one follows
    if (answer.ok && view?.you) view.you[what] = value
    delete kept.me[what]
    keep()
  }
  isSending = false
  draw()
  if (isAway || waits()) setTimeout(flush, RETRY_MS)
}

/** Whether something of this device is not yet confirmed. */
const waits = () => kept.lines.length || Object.keys(kept.votes).length || Object.keys(kept.me).length

const sent = new Set() // questions to which a line of this page has arrived

function connected(isThere) {
  const text = isThere ? "" : say("lost")
  if (banner.textContent !== text) banner.textContent = text
  banner.hidden = isThere
}

// ---------------------------------------------------------------- showing

/** Write down in this browser that somebody takes part, for its other pages: see following.js. */
function mark(isIn) {
  try {
    if (isIn) localStorage.setItem("gb-in-room", code)
    else if (localStorage.getItem("gb-in-room") === code) localStorage.removeItem("gb-in-room")
  } catch {
    // private browsing: other pages do not follow
  }
}

function show(now) {
  view = now
  mark(Boolean(now.you) && !now.ended)
  kept.seq = Math.max(kept.seq, now.you?.seq ?? 0)
  draw()
  if (waits()) flush()
  if (!now.you && !now.ended) enter() // the facilitator has reset this person
}

function draw() {
  if (!view) return
  const question = view.question
  const waiting = question && kept.votes[question.key]
  const mine = waiting?.choice ?? view.you?.choice ?? null
  const key = JSON.stringify([
    view.ended,
    view.paused,
    view.step,
    question,
    mine,
    Boolean(waiting),
    banner.hidden,
    kept.lines.length,
    question && sent.has(question.key),
    view.pace,
    view.pair,
    view.pairs,
    view.pair && Boolean(kept.votes[view.pair.key]),
  ])
  fill(stage, key, () => {
    if (view.ended) return el("p", { class: "large", text: say("ended") })
    if (view.paused) return el("p", { class: "large front", text: say("paused") })
    return [
      el("h1", { text: view.step.title }),
      view.step.say && el("p", { text: view.step.say }),
      ...body(question, mine, Boolean(waiting)),
    ]
  })
  drawFoot()
}

function body(question, mine, isWaiting) {
  if (view.step.phone === "pairs") return choosing()
  if (question?.kind === "vote") return voting(question, mine, isWaiting)
  if (question?.kind === "words") return writing(question)
  if (view.step.phone === "page") {
    return [
      el("a", { class: "big", href: view.step.page, target: "gb-page", rel: "noopener", text: say("open_page") }),
      el("p", { class: "soft", text: say("open_about") }),
    ]
  }
  return [el("p", { class: "large", text: say("look_front") }), el("p", { class: "soft", text: say("wait") })]
}

/** The better of two answers that the model really wrote, one pair after the other. */
function choosing() {
  const pair = view.pair
  if (!view.pairs?.n) return [el("p", { class: "large", text: say("pairs_wait") })]
  if (!pair) return [el("p", { class: "large", text: say("pairs_done") })]
  const isSending = Boolean(kept.votes[pair.key])
  const choose = (key) => () => vote(pair.key, key)
  const about = { type: "button", disabled: isSending }
  return [
    el("p", { class: "soft", text: say("pair_of", { n: pair.n, of: pair.of }) }),
    el("h2", { lang: pair.lang, text: pair.question }),
    el("p", { text: say("better") }),
    el(
      "div",
      { class: "options", lang: pair.lang },
      ...pair.answers.map(({ key, text }, n) =>
        el("button", { ...about, class: "option", "data-name": `answer-${n}`, onclick: choose(key), text })
      ),
    ),
    el("button", { ...about, "data-name": "both-bad", onclick: choose("both_bad"), text: say("both_bad") }),
    el("p", { class: "said", role: "status", text: isSending ? say(banner.hidden ? "sending" : "waits_sent") : "" }),
  ]
}

function voting(question, mine, isWaiting) {
  const head = el("h2", { id: "ask", text: question.ask })
  if (!question.is_open) {
    const told = question.outcome && mine && say(question.outcome === mine ? "right" : "wrong")
    return [
      head,
      bars(question, null, { mine }),
      el("p", { class: "said", role: "status", text: told || (mine ? say("closed") : say("not_voted")) }),
      question.waits && el("p", { class: "soft", text: say("being_measured") }),
      question.measured && el("p", { class: "measured", text: `${say("it_is")}: ${question.measured}` }),
    ]
  }
  const options = question.options.map(({ key, label }) =>
    el("button", {
      class: "option",
      type: "button",
      role: "radio",
      "aria-checked": String(mine === key),
      "data-name": `option-${key}`,
      onclick: () => vote(question.key, key),
      onkeydown: (event) => {
        const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key]
        if (!step) return
        event.preventDefault()
        const all = [...event.target.parentElement.children]
        all[(all.indexOf(event.target) + step + all.length) % all.length].focus()
      },
      text: label,
    })
  )
  const said = isWaiting ? say(banner.hidden ? "sending" : "waits_sent") : mine ? say("your_vote") : ""
  return [
    head,
    el("div", { role: "radiogroup", "aria-labelledby": "ask", class: "options" }, ...options),
    el("p", { class: "said", role: "status", text: said }),
  ]
}

function writing(question) {
  const head = el("h2", { text: question.ask })
  if (!question.is_open) return [head, el("p", { class: "said", text: say("closed") })]
  const field = el("textarea", { id: "line", "data-name": "line", maxlength: "280", rows: "3" })
  const send = (event) => {
    event.preventDefault()
    const text = field.value.trim()
    if (!text) return field.focus()
    field.value = ""
    line(question.key, text)
  }
  const said = kept.lines.length
    ? say(banner.hidden ? "sending" : "waits_sent")
    : sent.has(question.key)
    ? say("sent")
    : ""
  return [
    head,
    el(
      "form",
      { onsubmit: send },
      el("label", { for: "line", text: say("your_words") }),
      field,
      el("button", { class: "big", type: "submit", text: say("send") }),
    ),
    el("p", { class: "said", role: "status", text: said }),
  ]
}

function drawFoot() {
  const you = view.you && { ...view.you, ...kept.me }
  const isKept = "has_hand_up" in kept.me
  fill(
    foot,
    JSON.stringify([
      you?.number,
      you?.nickname,
      you?.has_hand_up,
      you?.shows,
      isKept,
      banner.hidden,
      view.step.phone,
      view.ended,
      view.paused,
    ]),
    () => {
      if (!you || view.ended || view.paused) return []
      const name = el("input", { id: "name", value: you.nickname, maxlength: "40", "data-name": "name" })
      const rename = async (event) => {
        event.preventDefault()
        await post("/rooms/enter", { code, nickname: name.value })
        view.you.nickname = name.value
        event.target.closest("details").open = false
      }
      return [
        el("button", {
          type: "button",
          class: you.has_hand_up ? "hand is-up" : "hand",
          "data-name": "hand",
          onclick: () => tell("has_hand_up", !you.has_hand_up),
          text: say(you.has_hand_up ? "hand_down" : "hand_up"),
        }),
        el("p", {
          class: "soft",
          role: "status",
          text: isKept ? say(banner.hidden ? "sending" : "waits_sent") : you.has_hand_up ? say("hand_is_up") : "",
        }),
        el(
          "details",
          {},
          el("summary", { text: say("you_are", { n: you.number }) + (you.nickname ? ` · ${you.nickname}` : "") }),
          el(
            "form",
            { onsubmit: rename, class: "rename" },
            el("label", { for: "name", text: say("change_name") }),
            name,
            el("button", { type: "submit", text: say("save") }),
          ),
          el(
            "label",
            { class: "tick" },
            el("input", {
              type: "checkbox",
              checked: you.shows,
              "data-name": "shows",
              onchange: (event) => tell("shows", event.target.checked),
            }),
            ` ${say("shows")}`,
          ),
          el("p", { class: "soft", text: say("seen_by") }),
        ),
      ]
    },
  )
}

const timer = el("p", { class: "timer", role: "timer" })
top.append(timer)
setInterval(() => {
  const seconds = left(view)
  timer.textContent = seconds === null ? "" : seconds ? clock(seconds) : say("time_up")
}, 500)

connected(true)
if (code) enter()
else form()
