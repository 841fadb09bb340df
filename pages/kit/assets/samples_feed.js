// What the model writes now: the same prompt at every stop of a run, newest first.
import { component, element, fill, number, speaker } from "./kit.js"
import { listenToRun } from "./live.js"

const CSS = `
ol { list-style: none; margin: 0; padding: 0; display: grid; gap: 10px; }
li { border-left: 3px solid var(--line); padding: 0 0 0 12px; color: var(--soft); }
li:first-child { border-color: var(--accent); color: var(--ink); }
li p { margin: 0; font: 18px/1.45 var(--serif); white-space: pre-wrap; overflow-wrap: anywhere; }
li:not(:first-child) p { font-size: 16px; }
li span { font: 12px var(--mono); color: var(--soft); }
li:first-child p b { color: var(--ink); } li p b { font-weight: 400; } li:first-child p { color: var(--accent); }
.empty { color: var(--soft); margin: 0; }
`

export default component(CSS, (root) => {
  const list = element("ol")
  const empty = element("p", { class: "empty" })
  root.append(empty, list)
  const speak = speaker(root, 6)
  let data, samples = [], end = null

  const item = ({ step, text }) => {
    const p = element("p")
    const prompted = data.prompt && text.startsWith(data.prompt)
    if (data.prompt) p.append(element("b", { text: data.prompt }))
    p.append(document.createTextNode(prompted ? text.slice(data.prompt.length) : text))
    return element("li", {}, element("span", { text: fill(data.words.step, { n: number(step, 0, data.lang) }) }), p)
  }
  const show = () => {
    const newest = [...new Map(samples.map((s) => [s.step, s])).values()].sort((a, b) => b.step - a.step)
    samples = newest.slice(0, 200)
    list.replaceChildren(...newest.slice(0, data.limit).map(item))
    empty.hidden = newest.length > 0
  }
  return {
    update(next) {
      data = next
      list.setAttribute("aria-label", data.words.label)
      empty.textContent = data.words.empty
      samples = [...data.samples]
      end?.()
      end = null
      show()
      if (data.run) {
        end = listenToRun(data.run, "sample", data.after, (rows) => {
          samples.push(...rows)
          show()
          const last = samples[0]
          speak(`${fill(data.words.step, { n: number(last.step, 0, data.lang) })}: ${last.text}`)
        })
      }
    },
    destroy() { end?.(); speak.stop() },
  }
})
