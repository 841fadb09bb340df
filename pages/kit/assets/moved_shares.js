// Shares before and now: a dashed bar and a full one, the dark line is the 95 % interval. Live with a run's exams.
import { component, element, fill, number, percent, speaker } from "./kit.js"
import { listenToRun } from "./live.js"

const CSS = `
dl { margin: 0; display: grid; gap: 12px; }
dt { font: 600 15px/1.35 var(--sans); }
dd { margin: 4px 0 0; }
.bars { position: relative; height: 26px; border-right: 1px solid var(--line); }
.bars i { position: absolute; left: 0; border-radius: 2px; min-width: 2px; }
.bars .before { top: 0; height: 9px; background: repeating-linear-gradient(90deg, var(--house) 0 5px, transparent 5px 8px); outline: 1px solid var(--house); outline-offset: -1px; }
.bars .now { top: 12px; height: 13px; background: var(--accent); }
.bars u { position: absolute; height: 2px; background: var(--ink); text-decoration: none; } .bars u.before { top: 3.5px; height: 2px; border: 0; outline: 0; } .bars u.now { top: 17.5px; background: var(--ink); height: 2px; }
p { margin: 2px 0 0; font: 13px/1.4 var(--sans); color: var(--soft); } p b { font: 600 18px/1.2 var(--serif); color: var(--ink); }
.none { font-size: 15px; }
`

export default component(CSS, (root) => {
  const none = element("p", { class: "none" })
  const list = element("dl")
  root.append(none, list)
  const speak = speaker(root, 4)
  let data, exams = [], end = null

  const ends = (row, { short }) => [row[`${short}_low`], row[`${short}_high`]]
  const line = (row, share, name) => {
    const [low, high] = ends(row, share)
    return element("u", { class: name, style: { left: `${100 * low}%`, width: `${100 * (high - low)}%` } })
  }
  const bar = (row, share, name) => element("i", { class: name, style: { width: `${100 * row[share.name]}%` } })
  function draw() {
    const first = exams[0], last = exams[exams.length - 1], moved = exams.length > 1
    none.hidden = Boolean(first)
    list.hidden = !first
    if (!first) return
    const shown = (value) => percent(value, data.lang)
    const points = (value) => number(100 * value, 0, data.lang)
    const text = (share) =>
      moved ? `${shown(first[share.name])} → ${shown(last[share.name])}` : shown(first[share.name])
    list.replaceChildren(...data.shares.flatMap((share) => {
      const [low, high] = ends(last, share)
      const about = fill(data.words.of, {
        low: points(low),
        high: points(high),
        n: number(last[share.n], 0, data.lang),
      })
      return [
        element("dt", { text: share.label }),
        element(
          "dd",
          {},
          element(
            "div",
            { class: "bars", "aria-hidden": "true" },
            bar(first, share, "before"),
            line(first, share, "before"),
            moved ? bar(last, share, "now") : null,
            moved ? line(last, share, "now") : null,
          ),
          element("p", {}, element("b", { text: text(share) }), ` ${about}`),
        ),
      ]
    }))
    speak(data.shares.map((share) => `${share.label}: ${text(share)}`).join(". "))
  }
  return {
    update(next) {
      data = next
      exams = [...data.exams]
      none.textContent = data.words.empty
      list.setAttribute("aria-label", data.words.label)
      end?.()
      end = null
      draw()
      if (data.run) {
        end = listenToRun(data.run, "exam", data.after, (rows) => {
          exams.push(...rows)
          draw()
        })
      }
    },
    destroy() {
      end?.()
      speak.stop()
    },
  }
})
