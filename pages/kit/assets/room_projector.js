// The projector in a workshop: the live page of this step, large enough to read from the back; beside it the way
// in, the question, the votes as they come, what was measured, and the lines that the facilitator lets through.

import { bars, clock, code, el, fill, hear, left, say, simulated } from "./room.js"

const TYPE_PX = 28 // body type at 1920 × 1080; the page's own is 16
const PAGE_PX = 16
const ASK = "ask_room_" // the key of the button with which a page puts its prediction to the room
const MEASURE = "measure_" // the key of the button with which it measures what the room was asked
const PATIENCE_MS = 120_000

const page = el("iframe", { title: say("title"), class: "page" })
const holder = el("div", { class: "holder" }, page)
const caption = el("div", { class: "caption", "aria-live": "polite" })
const side = el("aside", { class: "side" })
const banner = el("p", { class: "banner", role: "status", hidden: true, text: say("lost") })
const timer = el("p", { class: "timer", role: "timer", hidden: true })
document.body.append(banner, holder, side, caption, timer)

let view = null
let asked = "" // the question whose measurement was started from here
let putting = "" // the step whose question was put from here

/** Lay the page out for a smaller window and enlarge it, so that it is read from the back of the room. */
function size() {
  const scale = Math.max(1, ((innerHeight / 1080) * TYPE_PX) / PAGE_PX)
  page.style.width = `${holder.clientWidth / scale}px`
  page.style.height = `${holder.clientHeight / scale}px`
  page.style.transform = `scale(${scale})`
  document.documentElement.style.fontSize = `${Math.max(16, (innerHeight / 1080) * TYPE_PX)}px`
}

addEventListener("resize", size)

function show(now) {
  const before = view
  view = now
  banner.hidden = true
  const address = new URL(now.step.page, location.origin)
  address.searchParams.set("room", now.code)
  if (before?.step.page !== now.step.page) page.src = address.pathname + address.search
  const wide = now.question || now.step.phone === "pairs" || now.spotlight || now.at === 0 || now.n_people === 0
  document.body.classList.toggle("asks", Boolean(wide))
  // While the room answers, the page must not give the answer away.
  document.body.classList.toggle("full", Boolean(now.question?.is_open && !now.spotlight))
  document.body.classList.toggle("paused", now.paused || now.ended)
  drawSide(now)
  drawCaption(now)
  size()
  work(now)
}

function drawCaption(now) {
  fill(caption, JSON.stringify([now.step, now.paused, now.spotlight, now.ended]), () => {
    if (now.ended) return el("p", { text: say("ended") })
    if (now.paused) return el("p", { class: "front", text: say("look_front") })
    if (now.spotlight) {
      return el("p", { text: say("shown_bench", { n: now.spotlight.number, name: now.spotlight.nickname }) })
    }
    return el("p", {}, el("b", { text: now.step.title }), now.step.say ? ` · ${now.step.say}` : "")
  })
}

function drawSide(now) {
  const key = JSON.stringify([
    now.code,
    now.address,
    now.wifi,
    now.n_people,
    now.n_here,
    now.n_votes,
    now.tally,
    now.question,
    now.sayings,
    now.n_sayings,
    now.n_simulated,
    now.ended,
    now.at === 0,
    now.spotlight,
    now.together,
    now.step.phone,
  ])
  fill(side, key, () => [
    !now.ended && join(now),
    now.spotlight && bench(now.spotlight),
    ...work_of(now),
    now.question && question(now),
  ])
}

function join(now) {
  const address = `${now.address.replace(/^http:\/\//, "")}/join`
  const isLarge = now.at === 0 || (!now.question && now.step.phone !== "pairs" && !now.spotlight)
  return el(
    "section",
    { class: isLarge ? "join is-large" : "join" },
    !now.only_here &&
      el("img", {
        src: `/rooms/${now.code}/join.svg?v=${encodeURIComponent(now.address)}`,
        alt: say("scan"),
        class: "qr",
      }),
    el(
      "div",
      {},
      now.only_here
        ? el("p", { class: "only-here", text: say("only_here") })
        : now.wifi
        ? el("p", { text: say("wifi", { name: now.wifi }) })
        : isLarge && el("p", { class: "soft", text: say("same_net") }),
      now.wifi && isLarge &&
        el("img", { src: `/rooms/${now.code}/wifi.svg`, alt: say("wifi", { name: now.wifi }), class: "qr is-wifi" }),
      el("p", { text: say(now.only_here ? "type_here" : "or_type", { address }) }),
      el("p", { class: "letters", text: now.code }),
      now.n_people > 0 && el("p", { text: say("n_people", { n: now.n_people }) }, simulated(now.n_simulated.people)),
    ),
  )
}

const SVG = "http://www.w3.org/2000/svg"
const WIDTH = 600
const HEIGHT = 300

/** The latest run of somebody who said yes: its curve, its last value, the last text that its model wrote. */
function bench({ number, nickname, run }) {
  const head = el("h1", { text: say("shown_bench", { n: number, name: nickname }) })
  if (!run) return el("section", { class: "asked" }, head, el("p", { class: "soft", text: say("no_run") }))
  const value = typeof run.value === "number" ? number(run.value) : ""
  return el(
    "section",
    { class: "asked" },
    head,
    run.points.length > 1 && curve([run.points]),
    run.points.length > 1 && el("p", { class: "soft", text: say("loss_about") }),
    el("p", { text: `${run.name} · ${say("run_at", { step: run.step, value })}` }),
    run.sample && el("p", { class: "measured", text: run.sample }),
  )
}

/** What the room makes together, in the step that is about it. */
function work_of({ step, together, question: asked }) {
  const { pairs, taste, race } = together ?? {}
  return [
    step.phone === "pairs" && (pairs || taste) && tasteOf(pairs, taste),
    asked?.key === race?.question && race?.lanes.some((lane) => lane.points) && raceOf(race),
  ]
}

const LANG = document.documentElement.lang
const share = (x) => x.toLocaleString(LANG, { style: "percent", maximumFractionDigits: 0 })
const number = (x) => x.toLocaleString(LANG, { minimumFractionDigits: 2, maximumFractionDigits: 2 })

function tasteOf(pairs, taste) {
  const agreed = pairs?.agreement
  const held = taste?.reward.held_out
  const aligned = taste?.aligned
  const error = pairs?.error ?? taste?.error
  return el(
    "section",
    { class: "asked" },
    el("h1", { text: say("taste_title") }),
    pairs?.making !== null && pairs?.making !== undefined &&
      el("p", { text: `${say("pairs_wait")} ${share(pairs.making)}` }),
    pairs &&
      el(
        "p",
        { class: "n-votes", text: say("n_clicks", { n: pairs.n_clicks, people: pairs.n_people, pairs: pairs.n }) },
        simulated(pairs.n_simulated),
      ),
    agreed && el("p", {
      text: say("agreement", {
        share: share(agreed.share),
        low: share(agreed.share_span[0]),
        high: share(agreed.share_span[1]),
      }),
    }),
    pairs && !taste && el("p", { class: "soft", text: say("needed", { n: pairs.n_better, needed: pairs.needed }) }),
    held &&
      el(
        "p",
        { class: "measured", text: say("reward_model", { share: share(held.accuracy), n: held.n }) },
        simulated(taste.n_simulated),
      ),
    aligned && el("h2", { text: say("aligned_model") }),
    aligned && aligned.loss.length > 1 && curve([aligned.loss]),
    aligned && aligned.loss.length > 1 && el("p", { class: "soft", text: say("loss_about") }),
    ...(aligned?.answers ?? []).slice(0, 3).map((one) =>
      el(
        "dl",
        { class: "before-after" },
        el("dt", { text: one.question }),
        el("dd", { text: `${say("before")}: ${one.before}` }),
        el("dd", { text: `${say("after")}: ${one.now}` }),
      )
    ),
    error && el("p", { class: "error", text: error.message }),
  )
}

function raceOf(race) {
  const lanes = race.lanes.filter((lane) => lane.points?.length)
  const last = (lane) => lane.points.at(-1)
  return el(
    "section",
    { class: "asked" },
    el("h1", { text: say("race_title") }),
    curve(lanes.map((lane) => lane.points)),
    el(
      "ol",
      { class: "lanes" },
      ...lanes.map((lane) =>
        el("li", { text: say("lane_at", { label: lane.label, value: number(last(lane)[1]), step: last(lane)[0] }) })
      ),
    ),
    el("p", { class: "soft", text: say("race_about") }, simulated(race.n_simulated)),
  )
}

/** The corpus that was made of the room's lines. */
const corpusOf = ({ n_lines: n, n_people: people, n_simulated }) =>
  el("p", { class: "measured", text: say("corpus_of", { n, people }) }, simulated(n_simulated))

/** Curves in one picture, on common axes that begin at zero. */
function curve(all) {
  const steps = all.flat().map(([step]) => step)
  const values = all.flat().map(([, value]) => value)
  const top = Math.max(...values)
  const [first, end] = [Math.min(...steps), Math.max(...steps)]
  const x = (step) => (WIDTH * (step - first)) / Math.max(1, end - first)
  const y = (value) => 4 + (HEIGHT - 8) * (1 - value / (top || 1))
  const picture = document.createElementNS(SVG, "svg")
  picture.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`)
  picture.setAttribute("class", "curve")
  picture.setAttribute("role", "img")
  const ends = all.map((points) => `${number(points[0][1])} → ${number(points.at(-1)[1])}`)
  picture.setAttribute("aria-label", ends.join("; "))
  for (const points of all) {
    const line = document.createElementNS(SVG, "polyline")
    line.setAttribute("points", points.map(([step, value]) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`).join(" "))
    picture.append(line)
  }
  return picture
}

function question(now) {
  const one = now.question
  const isWords = one.kind === "words"
  const corpus = now.together?.corpus
  const n = isWords ? say("n_lines", { n: now.n_sayings }) : say("of_people", { n: now.n_votes, of: now.n_people })
  return el(
    "section",
    { class: "asked" },
    el("h1", { text: one.ask }),
    one.measured && el("p", { class: "measured", role: "status", text: `${say("it_is")}: ${one.measured}` }),
    isWords ? el("ul", { class: "lines" }, ...now.sayings.map((text) => el("li", { text }))) : bars(one, now.tally),
    el(
      "p",
      { class: "n-votes", role: "status", text: n },
      simulated(isWords ? now.n_simulated.sayings : now.n_simulated.votes),
    ),
    corpus?.question === one.key && corpusOf(corpus),
    !isWords && !now.tally && el("p", { class: "soft", text: say("hidden_yet") }),
    one.waits && el("p", { class: "soft", text: say("being_measured") }),
  )
}

/** Press a button of the live page, once it is there: with it the page asks the room, or measures. */
function press(kind, name, stillWanted) {
  const began = Date.now()
  const look = () => {
    if (!stillWanted() || Date.now() - began > PATIENCE_MS) return
    const found = page.contentDocument?.querySelectorAll(
      `[class*="st-key-${kind}${CSS.escape(name)}"] button:not(:disabled)`,
    )
    const button = /** @type {HTMLElement} */ (found?.[0])
    if (!button) return setTimeout(look, 400)
    button.scrollIntoView({ block: "center" })
    button.click()
  }
  look()
}

/** Let the page put its own question to the room, and later measure what was asked. */
function work(now) {
  const step = `${now.at} ${now.step.asks}`
  if (now.step.asks && !now.question && putting !== step) {
    putting = step
    press(ASK, now.step.asks, () => putting === step && !view.question)
  }
  if (now.reveal && now.reveal !== asked) {
    asked = now.reveal
    press(MEASURE, now.question?.measured_by || now.reveal, () => view.reveal === asked)
  }
  if (!now.reveal) asked = ""
}

setInterval(() => {
  const seconds = left(view)
  timer.hidden = seconds === null
  if (seconds !== null) timer.textContent = seconds ? clock(seconds) : say("time_up")
}, 250)

let isOut = false // not this room's projector; once it leads again, it begins anew
hear("projector", (now) => isOut ? location.reload() : show(now), (isThere) => banner.hidden = isThere, () => {
  isOut = true
  banner.hidden = true
  side.replaceChildren()
  caption.replaceChildren(el("p", { text: say("not_yours") }))
})
size()
