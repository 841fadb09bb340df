// The facilitator's page, on any second device: where the lesson stands, what is asked, who is here.

import { bars, clock, code, el, fill, hear, languages, left, post, say, simulated } from "./room.js"

const LATE = 1.5 // times the planned minutes, after which somebody who is not done counts as stuck

const banner = el("p", { class: "banner", role: "status", hidden: true, text: say("lost") })
const top = el("header", { class: "top" }, el("span", { class: "brand", text: say("lead") }), languages())
const now_ = el("section", { class: "now" })
const ways = el("nav", { class: "ways", "aria-label": say("lead") })
const asked = el("section", { class: "card" })
const notes = el("section", { class: "card" })
const lines = el("section", { class: "card" })
const together = el("section", { class: "card" })
const people = el("section", { class: "card people" })
const rest = el("section", { class: "card" })
const error = el("p", { class: "error", role: "alert" })
const main = el("main", { class: "lead" }, now_, ways, error, asked, notes, lines, together, people, rest)
document.body.append(banner, top, main)

let view = null

async function act(what, value) {
  const answer = await post(`/rooms/${code}/act`, { what, value })
  if (answer.status === 403) return secret(say("new_secret"))
  error.textContent = answer.ok ? "" : say("refused")
}

const button = (name, text, what, value, more = {}) =>
  el("button", { type: "button", "data-name": name, onclick: () => act(what, value()), text, ...more })

const press = (name, text, what, value = undefined, more = {}) => button(name, text, what, () => value, more)

/** A switch that says what it does, and whether it is on. */
const tick = (name, text, is, change) =>
  el(
    "label",
    { class: "tick" },
    el("input", {
      type: "checkbox",
      checked: is,
      "data-name": name,
      onchange: (event) => change(event.target.checked),
    }),
    ` ${text}`,
  )

function secret(text = "") {
  banner.hidden = true
  const field = el("input", { id: "secret", autocomplete: "off", autocapitalize: "characters", spellcheck: "false" })
  const said = el("p", { class: "error", role: "alert", text })
  const send = async (event) => {
    event.preventDefault()
    const answer = await post(`/rooms/${code}/lead`, { secret: field.value })
    if (answer.ok) location.reload()
    else said.textContent = say({ 403: "wrong_secret", 404: "no_room", 429: "too_many" }[answer.status] ?? "failed")
  }
  main.replaceChildren(
    el(
      "form",
      { class: "come-in", onsubmit: send },
      el("h1", { text: say("lead") }),
      el("label", { for: "secret", text: say("secret") }),
      field,
      el("p", { class: "soft", text: say("secret_where") }),
      said,
      el("button", { class: "big", type: "submit", text: say("go") }),
    ),
  )
  field.focus()
  const shown = decodeURIComponent(location.hash.slice(1)) // scanned from the host's page: it never leaves this device
  if (!shown || text) return
  history.replaceState(null, "", location.pathname + location.search)
  field.value = shown
  send(new Event("submit"))
}

function show(now) {
  view = now
  drawNow()
  drawWays()
  drawAsked()
  fill(
    notes,
    JSON.stringify([now.notes, now.at]),
    () => now.notes ? [el("h2", { text: say("notes") }), el("p", { text: now.notes })] : [],
  )
  notes.hidden = !now.notes
  drawLines()
  drawTogether()
  drawPeople()
  drawRest()
}

function drawNow() {
  const next = view.steps[view.at + 1]
  fill(now_, JSON.stringify([view.at, view.step.title, view.ended, view.lesson]), () => [
    el("p", { class: "soft", text: `${view.lesson} · ${say("step", { n: view.at + 1, of: view.n_steps })}` }),
    el("h1", { text: view.ended ? say("ended") : view.step.title }),
    el("p", { class: "soft since" }),
    el("p", { class: "soft", text: next ? say("comes_next", { title: next.title }) : say("is_last") }),
  ])
}

function drawWays() {
  const one = view.question
  const isVote = one?.kind === "vote"
  const key = JSON.stringify([
    view.at,
    view.n_steps,
    view.paused,
    view.pace,
    view.locked,
    Boolean(view.timer_ends),
    view.ended,
    isVote && [one.outcome, one.waits, view.n_votes, view.n_people],
  ])
  ways.hidden = view.ended
  fill(ways, key, () => [
    el(
      "div",
      { class: "row" },
      press("back", say("back"), "back", undefined, { disabled: view.at === 0 }),
      press("next", say("next"), "next", undefined, { class: "big", disabled: view.at + 1 >= view.n_steps }),
      isVote && press("reveal", say("reveal"), "reveal", undefined, { disabled: Boolean(one.outcome) || one.waits }),
      isVote && el("span", { class: "soft", text: say("of_people", { n: view.n_votes, of: view.n_people }) }),
    ),
    el(
      "div",
      { class: "row" },
      press("pause", say(view.paused ? "go_on" : "pause"), "pause", !view.paused, {
        "aria-pressed": String(view.paused),
      }),
      tick("pace", say("led"), view.pace === "led", (is) => act("pace", is ? "led" : "own")),
      tick("lock", say("lock"), view.locked, (is) => act("lock", is)),
    ),
    el(
      "div",
      { class: "row", role: "group", "aria-label": say("timer") },
      el("span", { class: "soft", text: say("timer") }),
      ...[1, 2, 5, 10].map((n) => press(`timer-${n}`, say("minutes", { n }), "timer", 60 * n)),
      view.timer_ends ? press("timer-off", say("timer_off"), "timer", 0) : null,
    ),
    el(
      "details",
      {},
      el("summary", { text: say("all_steps") }),
      el(
        "ol",
        { class: "steps" },
        ...view.steps.map(({ title }, n) =>
          el("li", {}, press(`to-${n}`, title, "to", n, { "aria-current": n === view.at ? "step" : null }))
        ),
      ),
    ),
  ])
}

function drawAsked() {
  const one = view.question
  fill(
    asked,
    JSON.stringify([one, view.tally, view.n_votes, view.n_simulated, view.hides, view.n_people, view.ended]),
    () => {
      if (!one) return [el("h2", { text: say("question") }), el("p", { class: "soft", text: say("no_question") })]
      const isVote = one.kind === "vote"
      return [
        el("h2", { text: one.ask }),
        isVote && bars(one, view.tally),
        isVote &&
        el(
          "p",
          { class: "soft", text: say("of_people", { n: view.n_votes, of: view.n_people }) },
          simulated(view.n_simulated.votes),
        ),
        !view.ended && el(
          "div",
          { class: "row" },
          one.is_open
            ? press("close", say(isVote ? "close" : "close_words"), "close")
            : press("reopen", say(isVote ? "reopen" : "reopen_words"), "reopen"),
        ),
        one.waits && el("p", { class: "soft", text: say("waits_page") }),
        one.measured && el("p", { class: "measured", text: `${say("it_is")}: ${one.measured}` }),
        isVote && tick("hides", say("hide_votes"), view.hides, (is) => act("hides", is)),
      ]
    },
  )
}

function drawLines() {
  const isAsked = view.question?.kind === "words"
  lines.hidden = !isAsked
  if (!isAsked) return
  fill(lines, JSON.stringify(view.sayings), () => [
    el("h2", { text: say("lines") }),
    view.sayings.length ? null : el("p", { class: "soft", text: say("no_lines") }),
    view.sayings.some((one) => one.is_hidden) && el("button", {
      type: "button",
      "data-name": "show-all",
      onclick: () => view.sayings.filter((one) => one.is_hidden).forEach((one) => act("show", one.key)),
      text: say("show_all"),
    }),
    el(
      "ul",
      { class: "said-lines" },
      ...view.sayings.map((one) =>
        el(
          "li",
          { class: one.is_hidden ? "is-hidden" : null },
          el("span", { text: one.text }),
          el("span", { class: "soft", text: `${one.number}${one.nickname ? ` ${one.nickname}` : ""}` }),
          press(`line-${one.key}`, say(one.is_hidden ? "show" : "hide"), one.is_hidden ? "show" : "hide", one.key),
        )
      ),
    ),
  ])
}

/** What a room can do together: one taste from its clicks, a corpus of its lines, a race of its settings. */
function drawTogether() {
  const { pairs, taste, race, corpus } = view.together ?? {}
  const isPairs = view.step.phone === "pairs"
  const isWords = view.question?.kind === "words"
  const isRace = Boolean(race) && view.question?.key === race.question
  const canRace = view.step.page === undefined || view.step.page.startsWith("/training")
  together.hidden = view.ended || !(isPairs || isWords || isRace || canRace)
  fill(together, JSON.stringify([view.together, isPairs, isWords, isRace, canRace, view.ended]), () => {
    const n_simulated = isPairs
      ? taste?.n_simulated || pairs?.n_simulated
      : isWords
      ? corpus?.n_simulated
      : isRace && race.n_simulated
    const problem = [pairs, taste, corpus].map((one) => one?.error?.message).find(Boolean)
    return [
      el("h2", { text: say("together") }),
      el(
        "div",
        { class: "row" },
        isPairs && press("pairs", say("make_pairs"), "make_pairs", {}, { disabled: Boolean(pairs) }),
        isPairs &&
          press("taste", say("train_taste"), "train_taste", {}, {
            disabled: Boolean(taste) || !pairs || pairs.n_better < pairs.needed,
          }),
        isWords && press("corpus", say("make_corpus"), "make_corpus", {}, { disabled: Boolean(corpus?.making) }),
        canRace && !race && press("ask-race", say("ask_race"), "ask_race", { setting: "learning_rate" }),
        isRace &&
          press("run-race", say("run_race"), "run_race", {}, { disabled: race.lanes.some((lane) => lane.points) }),
      ),
      pairs &&
      el("p", { class: "soft", text: say("n_clicks", { n: pairs.n_clicks, people: pairs.n_people, pairs: pairs.n }) }),
      pairs && !taste && el("p", { class: "soft", text: say("needed", { n: pairs.n_better, needed: pairs.needed }) }),
      corpus?.n_lines && !corpus.making &&
      el("p", { class: "soft", text: say("corpus_of", { n: corpus.n_lines, people: corpus.n_people ?? 0 }) }),
      (corpus?.making || corpus?.n_lines) &&
      el("p", { class: "soft", text: say(corpus.making ? "working" : "corpus_made") }),
      simulated(n_simulated),
      problem && el("p", { class: "error", text: problem }),
    ]
  })
}

/** Whether somebody works, is done, or seems to need help. */
function state(one) {
  return one.has_hand_up ? "asks_help" : progress(one)
}

function progress(one) {
  if (one.done || one.run?.status === "done") return "done"
  const minutes = (Date.now() + view.ahead - view.begun_at) / 60_000
  const isLate = view.minutes && minutes > LATE * view.minutes && (view.question || view.step.phone === "page")
  return isLate && one.run?.status !== "running" ? "stuck" : "waiting"
}

function drawPeople() {
  const order = ["asks_help", "stuck", "waiting", "done"]
  const rows = view.people.map((one) => ({ ...one, state: state(one) }))
  rows.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.number - b.number)
  const n = rows.filter((one) => one.has_hand_up).length
  fill(people, JSON.stringify([rows, view.spotlight]), () => [
    el("h2", { text: `${say("people")} · ${rows.length}` }, simulated(view.n_simulated.people)),
    el("p", { class: "soft", role: "status", text: n ? say("n_hands", { n }) : "" }),
    rows.length ? null : el("p", { class: "soft", text: say("nobody") }),
    el("ul", { class: "grid" }, ...rows.map(tile)),
  ])
}

function tile(one) {
  const isShown = view.spotlight?.number === one.number
  const about = [
    one.here ? "here" : "away",
    one.has_hand_up && "asks_help",
    progress(one),
    one.is_simulated && "simulated",
  ]
  const value = typeof one.run?.value === "number" ? one.run.value.toFixed(2) : ""
  return el(
    "li",
    { class: `tile is-${one.state}${one.here ? "" : " is-away"}` },
    el("b", { text: `${one.number} ${one.nickname}` }),
    el("span", { class: "soft", text: about.filter(Boolean).map((key) => say(key)).join(" · ") }),
    one.has_hand_up && !view.ended && press(`help-${one.id}`, say("help_done"), "lower_hand", one.id),
    one.run && el("span", { class: "run", text: `${one.run.name} · ${say("run_at", { step: one.run.step, value })}` }),
    one.run?.sample && el("q", { text: one.run.sample }),
    el(
      "details",
      {},
      el("summary", { text: say("more"), "aria-label": `${say("more")}: ${one.number} ${one.nickname}` }),
      one.shows
        ? press(`spot-${one.id}`, say(isShown ? "off_projector" : "to_projector"), "spotlight", isShown ? "" : one.id)
        : el("span", { class: "soft", text: say("no_yes") }),
      el("button", {
        type: "button",
        onclick: (event) => sure(event, say("reset_sure", { n: one.number }), "send_away", one.id),
        text: say("reset"),
      }),
    ),
  )
}

/** Ask before something that cannot be taken back; the answer stands where the button was. */
function sure(event, text, what, value) {
  const before = event.currentTarget
  const asking = el(
    "span",
    { role: "alert", class: "sure" },
    el("span", { text }),
    el("button", {
      type: "button",
      onclick: () => {
        asking.replaceWith(before)
        act(what, value)
      },
      text: say("yes"),
    }),
    el("button", { type: "button", onclick: () => asking.replaceWith(before), text: say("no") }),
  )
  before.replaceWith(asking)
  asking.querySelector("button").focus()
}

function drawRest() {
  fill(rest, JSON.stringify([view.ended]), () => [
    el(
      "p",
      {},
      el("a", {
        href: `/projector/${code}?lang=${document.documentElement.lang}`,
        target: "gb-projector",
        text: say("open_projector"),
      }),
    ),
    el(
      "p",
      {},
      el("a", {
        href: `/results/${code}?lang=${document.documentElement.lang}`,
        target: "_blank",
        text: say("results"),
      }),
    ),
    el("p", {}, el("a", { href: `/rooms/${code}/results.csv`, download: true, text: say("results_csv") })),
    view.ended
      ? null
      : el("button", { type: "button", onclick: (event) => sure(event, say("end_sure"), "end"), text: say("end") }),
  ])
}

setInterval(() => {
  const since = now_.querySelector(".since")
  if (!view || !since) return
  const seconds = Math.max(0, Math.round((Date.now() + view.ahead - view.begun_at) / 1000))
  const rest_ = left(view)
  const timer = rest_ === null ? "" : ` · ${say("time_left")} ${clock(rest_)}`
  since.textContent = say("planned", { n: view.minutes, since: clock(seconds) }) + timer
}, 500)

addEventListener("keydown", (event) => {
  if (
    /** @type {HTMLElement} */ (event.target).closest("input, textarea, button, summary, a") || event.altKey ||
      event.ctrlKey || event.metaKey
  ) {
    return
  }
  const what = { ArrowRight: "next", PageDown: "next", ArrowLeft: "back", PageUp: "back" }[event.key]
  if (what && view && !view.ended) act(what)
})

hear("lead", show, (isThere) => banner.hidden = isThere, (status) => {
  if (status === 404) secret(say("no_room"))
  else secret(view ? say("new_secret") : "") // who was in until now is told why
})
