// Which skill came when: one line a skill, its share right over the steps of training.
import { component, element, fill, number, percent, shape, speaker } from "./kit.js"
import { listenToRun } from "./live.js"

const CSS = `
ol { list-style: none; margin: 0; padding: 0; display: grid; gap: 7px; }
li { display: grid; grid-template-columns: minmax(6.5em, 8.5em) 1fr 3.6em; gap: 10px; align-items: center; margin: 0; font-size: 14px; line-height: 1.25; }
li b { font-weight: 400; color: var(--ink); } li.whole b { font-weight: 600; }
li svg { display: block; width: 100%; height: 30px; overflow: visible; }
li span { font: 600 17px/1 var(--serif); text-align: right; font-variant-numeric: lining-nums tabular-nums; }
li svg .floor { stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; } li svg .area { fill: var(--accent-soft); } li svg .line { fill: none; stroke: var(--accent); stroke-width: 2; vector-effect: non-scaling-stroke; }
li svg .full { stroke: var(--line); stroke-dasharray: 2 3; stroke-width: 1; vector-effect: non-scaling-stroke; }
li.unseen svg .line { stroke: var(--valid); stroke-dasharray: 5 3; } li.unseen svg .area { fill: color-mix(in srgb, var(--valid) 14%, transparent); }
.none { color: var(--soft); font-size: 15px; margin: 0; }
`
const WIDTH = 100, HEIGHT = 30

export default component(CSS, (root) => {
  const none = element("p", { class: "none" })
  const list = element("ol")
  root.append(none, list)
  const speak = speaker(root, 10)
  let data, skills = [], end = null

  const chart = (points) => {
    const last = Math.max(data.n_steps, 1)
    const x = (step) => Math.sqrt(step / last) * WIDTH // the first steps get more room: most happens there
    const y = (share) => HEIGHT - 1 - share * (HEIGHT - 3)
    const all = [[0, 0], ...points].map(([step, share]) => `${x(step)},${y(share)}`)
    const edge = x(points.at(-1)?.[0] ?? 0)
    return shape(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      shape("line", { class: "full", x1: 0, x2: WIDTH, y1: y(1), y2: y(1) }),
      shape("polygon", { class: "area", points: `${all.join(" ")} ${edge},${y(0)} 0,${y(0)}` }),
      shape("polyline", { class: "line", points: all.join(" ") }),
      shape("line", { class: "floor", x1: 0, x2: WIDTH, y1: y(0), y2: y(0) }),
    )
  }
  const draw = () => {
    none.hidden = skills.some((skill) => skill.points.length)
    list.replaceChildren(...skills.map((skill) => {
      const newest = skill.points.at(-1)
      const said = newest ? percent(newest[1], data.lang) : "–"
      return element(
        "li",
        {
          class: skill.name === "whole_share" ? "whole" : skill.name === "unseen_share" ? "unseen" : null,
          title: newest ? fill(data.words.at, { share: said, n: number(newest[0], 0, data.lang) }) : null,
        },
        element("b", { text: skill.label }),
        chart(skill.points),
        element("span", { text: said }),
      )
    }))
  }
  return {
    update(next) {
      data = next
      skills = data.skills.map((skill) => ({ ...skill, points: [...skill.points] }))
      none.textContent = data.words.none
      list.setAttribute("aria-label", data.words.label)
      end?.()
      end = null
      draw()
      if (data.run) {
        end = listenToRun(data.run, "evaluation", data.after, (rows) => {
          for (const row of rows) {
            for (const skill of skills) {
              if (Number.isFinite(row[skill.name])) skill.points.push([row.step, row[skill.name]])
            }
          }
          draw()
          speak(
            skills.filter((skill) => skill.points.length).map((skill) =>
              `${skill.label} ${percent(skill.points.at(-1)[1], data.lang)}`
            ).join(", "),
          )
        })
      }
    },
    destroy() {
      end?.()
      speak.stop()
    },
  }
})
