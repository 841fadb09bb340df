// The same questions, answered before a run and now: what changes while it learns.
import { component, element, fill, number, speaker } from "./kit.js"
import { listenToRun } from "./live.js"

const CSS = `
ol { list-style: none; margin: 0; padding: 0; display: grid; gap: 12px; }
li { border-left: 3px solid var(--line); padding-left: 12px; min-width: 0; }
li.new { border-color: var(--accent); }
p { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
.question { font: 600 14px/1.4 var(--sans); }
.before { color: var(--soft); font: 15px/1.4 var(--serif); }
.now { font: 17px/1.4 var(--serif); color: var(--ink); }
.now.none { color: var(--soft); font: 14px/1.4 var(--sans); }
.who { font: 12px var(--mono); color: var(--soft); margin-right: 7px; }
mark { background: none; color: inherit; border-radius: 3px; padding: 0 1px; }
mark i { font: 600 11px/1 var(--sans); margin-left: 4px; vertical-align: 2px; white-space: nowrap; }
mark.polite { background: color-mix(in srgb, var(--value) 16%, transparent); box-shadow: inset 0 -2px 0 var(--value); } mark.polite i { color: color-mix(in srgb, var(--value) 30%, var(--ink)); }
mark.brusque, mark.false { background: color-mix(in srgb, var(--warn) 12%, transparent); text-decoration: underline wavy 1px var(--warn); text-underline-offset: 4px; }
mark.false { text-decoration-style: dashed; } mark.beside { text-decoration: underline dotted 2px var(--warn); text-underline-offset: 4px; } mark.brusque i, mark.false i, mark.beside i { color: var(--warn); display: inline-block; text-decoration: none; }
.right { font: 600 12.5px/1.4 var(--sans); color: var(--soft); margin-right: 8px; } .right b { color: var(--value); } .right.broken b { color: var(--warn); }
.step { font: 12px var(--mono); color: var(--soft); margin: 0 0 8px; }
`

export default component(CSS, (root) => {
  const step = element("p", { class: "step" })
  const list = element("ol")
  root.append(step, list)
  const speak = speaker(root, 8)
  let data, now = [], at = null, end = null

  const said = (verdict) =>
    verdict
      ? [
        element(
          "span",
          { class: verdict[0] ? "right" : "right broken" },
          element("b", { "aria-hidden": "true", text: verdict[0] ? "✓ " : "✗ " }),
          document.createTextNode(verdict[1]),
        ),
      ]
      : []
  const line = (kind, who, text, empty, pieces = [], verdict = null) =>
    element(
      "p",
      { class: text ? kind : kind + " none" },
      element("span", { class: "who", text: who }),
      ...said(verdict),
      ...spell(text || empty, pieces),
    )
  /** An answer with what the judge read in it; as it comes from a run it has not been read yet. */
  const spell = (text, pieces) =>
    pieces.map(([each]) => each).join("") !== text
      ? [document.createTextNode(text)]
      : pieces.map(([each, mark]) =>
        mark
          ? element("mark", { class: mark }, document.createTextNode(each), element("i", { text: data.words[mark] }))
          : document.createTextNode(each)
      )
  const show = () => {
    list.replaceChildren(
      ...data.rows.map((row, i) =>
        element(
          "li",
          { class: now[i] ? "new" : "" },
          element("p", { class: "question", text: row.question }),
          line("before", data.words.before, row.before, data.words.nothing, [], row.before_verdict),
          ...(now[i] === undefined && !data.run ? [] : [
            line(
              "now",
              data.words.now,
              now[i] ?? "",
              now[i] === "" ? data.words.nothing : "…",
              row.pieces,
              now[i] === row.now ? row.verdict : null,
            ),
          ]),
        )
      ),
    )
    step.textContent = at === null ? "" : fill(data.words.step, { n: number(at, 0, data.lang) })
    step.hidden = at === null
  }
  return {
    update(next) {
      data = next
      now = data.rows.map((row) => row.now ?? undefined)
      at = data.step
      list.setAttribute("aria-label", data.words.label)
      end?.()
      end = null
      show()
      if (data.run) {
        end = listenToRun(data.run, "sample", data.after, (rows) => {
          for (const row of rows) {
            const known = data.rows.findIndex((each) => each.question === row.question)
            const place = known < 0 ? data.rows.push({ question: row.question, before: "", lang: row.lang }) - 1 : known
            if (row.step === 0) data.rows[place].before = row.answer
            else {
              now[place] = row.answer
              at = row.step
            }
          }
          show()
          if (at !== null && now[0]) speak(`${data.rows[0].question} ${now[0]}`)
        })
      }
    },
    destroy() {
      end?.()
      speak.stop()
    },
  }
})
