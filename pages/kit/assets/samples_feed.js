// What the model writes now: the same prompt at every stop of a run, newest first.
import { component, element, fill, number, speaker } from "./kit.js"
import { listenToRun } from "./live.js"
import { legendOf, MARKED, marked } from "./marked.js"

const CSS = MARKED + `
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
  const legend = element("p", { class: "legend" })
  root.append(empty, list, legend)
  const speak = speaker(root, 6)
  let data, samples = [], end = null

  /** How many of a sample's sentences are right, if it was judged. */
  const verdict = ({ n_judged, ungrammatical = [], untrue = [] }) =>
    n_judged
      ? fill(data.words.right, {
        right: number(n_judged - ungrammatical.length - untrue.length, 0, data.lang),
        n: number(n_judged, 0, data.lang),
      })
      : ""
  const item = (sample) => {
    const { step, text } = sample
    const prompted = data.prompt && text.startsWith(data.prompt)
    const p = element(
      "p",
      {},
      ...marked(
        data.prompt ?? "",
        prompted ? text.slice(data.prompt.length) : text,
        sample.ungrammatical,
        sample.untrue,
      ),
    )
    const when = fill(data.words.step, { n: number(step, 0, data.lang) }), found = verdict(sample)
    return element("li", {}, element("span", { text: found ? `${when} · ${found}` : when }), p)
  }
  const show = () => {
    const newest = [...new Map(samples.map((s) => [s.step, s])).values()].sort((a, b) => b.step - a.step)
    samples = newest.slice(0, 200)
    const seen = newest.slice(0, data.limit)
    list.replaceChildren(...seen.map(item))
    legend.replaceChildren(
      ...legendOf(
        data.words,
        [["wrong", "ungrammatical"], ["untrue", "untrue"]].filter(([, name]) => seen.some((each) => each[name]?.length))
          .map(([kind]) => kind),
      ),
    )
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
          speak(`${fill(data.words.step, { n: number(last.step, 0, data.lang) })}: ${last.text} ${verdict(last)}`)
        })
      }
    },
    destroy() {
      end?.()
      speak.stop()
    },
  }
})
