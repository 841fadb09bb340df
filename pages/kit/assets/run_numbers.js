// A run's numbers, and the one message to the server: its status has changed.
import { component, element, fill, number, percent, speaker } from "./kit.js"
import { listenToRun } from "./live.js"

const CSS = `
dl { display: flex; flex-wrap: wrap; gap: 10px 24px; margin: 0; }
dl > div { display: flex; flex-direction: column-reverse; justify-content: flex-end; }
dt { font-size: 14px; line-height: 1.3; color: var(--soft); max-width: 11em; }
dd { margin: 0; font: 600 26px/1.2 var(--serif); font-variant-numeric: lining-nums tabular-nums; color: var(--ink); }
dl.pair dd { font-size: 21px; display: flex; align-items: center; gap: 9px; }
dl.pair dd::before { content: ""; width: 18px; border-top: 4px solid var(--yours); }
dl.pair dd.b::before { border-top: 4px dotted var(--valid); }
.says { margin: 8px 0 0; padding: 2px 0 2px 12px; border-left: 3px solid var(--warn); font-size: 15px; }
.says:empty { display: none; }
`
const RECENT = 12 // latest steps whose speed is averaged
const WINDOW_MS = 15_000 // the remaining time is estimated from progress in this window

export default component(CSS, (root, { tell }) => {
  const list = element("dl")
  const says = element("p", { class: "says", role: "status" })
  root.append(list, says)
  const speak = speaker(root, 8)
  let data, lanes = [], ends = []

  const left = (lane) => {
    const { step, seconds } = lane.now
    if (!step || lane.status !== "running") return null
    const first = lane.seen[0], last = lane.seen.at(-1)
    const pace = first && last && last.step > first.step
      ? (last.at - first.at) / 1000 / (last.step - first.step)
      : seconds / step
    return Math.max(0, (data.n_steps - step) * pace)
  }
  const time = (s) =>
    s === null || !Number.isFinite(s)
      ? "–"
      : s < 60
      ? fill(data.words.seconds, { n: number(Math.ceil(s), 0, data.lang) })
      : fill(data.words.minutes, {
        n: number(Math.floor(s / 60), 0, data.lang),
        s: String(Math.round(s % 60)).padStart(2, "0"),
      })
  const share = (value, known) => value === undefined || value === null || known === 0 ? "–" : percent(value, data.lang)
  /** Two significant digits: a speed has no more. */
  const rounded = (x) => {
    const unit = x > 0 ? 10 ** Math.max(0, Math.floor(Math.log10(x)) - 1) : 1
    return number(Math.round(x / unit) * unit, 0, data.lang)
  }
  const rows = {
    steps: (lane) => `${number(lane.now.step ?? 0, 0, data.lang)}`,
    speed: (lane) => lane.speeds.length ? rounded(lane.speeds.reduce((a, b) => a + b, 0) / lane.speeds.length) : "–",
    grammatical: (lane) => share(lane.now.grammatical_share, lane.now.n_sentences),
    true: (lane) => share(lane.now.true_share, lane.now.n_checkable),
    left: (lane) => time(left(lane)),
  }
  const shown = () => [
    "steps",
    ...(data.timed ? ["speed"] : []),
    ...(data.judged ? ["grammatical", "true"] : []),
    ...(lanes.some((l) => l.status === "running") ? ["left"] : []),
  ]

  /** A number's value and, if it was counted, out of how many. */
  const named = (name) => {
    const count = { grammatical: "n_sentences", true: "n_checkable" }[name], n = count && lanes[0].now[count]
    return n && lanes.every((lane) => lane.now[count] === n)
      ? fill(data.words[`${name}_of`], { n: number(n, 0, data.lang) })
      : data.words[name]
  }
  let asked = 0
  const draw = () => {
    asked = 0
    list.className = lanes.length > 1 ? "run pair" : "run"
    list.replaceChildren(
      ...shown().map((name) =>
        element(
          "div",
          {},
          ...[...lanes].reverse().map((lane) => element("dd", { class: lane.lane, text: rows[name](lane) })),
          element("dt", { text: named(name) }),
        )
      ),
    )
    // column-reverse: the label is below, the first lane above
    for (const cell of list.children) cell.prepend(cell.lastElementChild)
  }
  const ask = () => {
    asked ||= requestAnimationFrame(draw)
  }

  const hearSteps = (lane) => (heard) => {
    const now = performance.now()
    lane.speeds = lane.speeds.concat(heard.map((row) => row[data.speed])).slice(-RECENT)
    Object.assign(lane.now, { step: heard.at(-1).step, seconds: heard.at(-1).seconds })
    lane.seen.push({ at: now, step: lane.now.step })
    while (lane.seen.length > 2 && now - lane.seen[0].at > WINDOW_MS) lane.seen.shift()
    ask()
  }
  const hearLook = (lane) => (heard) => {
    Object.assign(lane.now, heard.at(-1))
    ask()
    if (data.judged) speak(shown().map((name) => `${data.words[name]} ${rows[name](lane)}`).join(", "))
  }
  const hearEngine = (lane) => (heard) => {
    for (const row of heard) {
      if (row.event === "place") says.textContent = fill(data.words.place, { n: row.place })
      if (row.event === "worker_lost") says.textContent = data.words.worker_lost
      if (row.event === "resumed" || (row.event === "status" && row.status !== lane.status)) {
        lane.status = row.status ?? lane.status
        if (row.seq > lane.told) {
          lane.told = row.seq
          tell("changed", { run: lane.run, seq: row.seq })
        }
      }
    }
  }
  const hearControl = () => (heard) => {
    if (heard.at(-1).refused) says.textContent = data.words.refused
  }

  return {
    update(next) {
      data = next
      ends.forEach((end) => end())
      lanes = data.runs.map((run) => ({
        ...run,
        now: { ...run.known },
        speeds: [...run.speeds],
        seen: [],
        told: run.after,
      }))
      says.textContent = data.notice
      ends = lanes.flatMap((lane) => [
        listenToRun(lane.run, "step", lane.after, hearSteps(lane)),
        listenToRun(lane.run, "evaluation", lane.after, hearLook(lane)),
        listenToRun(lane.run, "engine", lane.after, hearEngine(lane)),
        listenToRun(lane.run, "control", lane.after, hearControl()),
      ])
      draw()
    },
    destroy() {
      ends.forEach((end) => end())
      cancelAnimationFrame(asked)
      speak.stop()
    },
  }
})
