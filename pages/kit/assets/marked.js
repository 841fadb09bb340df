// A text with the judge's marks under its wrong sentences: a wave for grammar, dots for what is not so.
import { element } from "./kit.js"

export const MARKED = `
u.wrong { text-decoration: underline wavy var(--warn) 1.5px; text-underline-offset: 4px; text-decoration-skip-ink: none; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 8px 0 0; font-size: 13px; color: var(--soft); min-height: 20px; }
u.untrue { text-decoration: underline dotted var(--warn) 3px; text-underline-offset: 4px; text-decoration-skip-ink: none; }
`

/**
 * Prompt and text as nodes, the prompt in <b>, marked sentences in <u>.
 *
 * `wrong` and `untrue` are [begin, end] in characters of prompt and text together, as Python counts them: an emoji is one.
 */
export function marked(prompt, text, wrong = [], untrue = []) {
  const all = [...(prompt + text)], own = [...prompt].length
  const cuts = new Set([0, own, all.length, ...wrong.flat(), ...untrue.flat()])
  const places = [...cuts].sort((a, b) => a - b),
    within = (spans, place) => spans.some(([a, b]) => a <= place && place < b)
  return places.slice(0, -1).map((from, i) => {
    const piece = all.slice(from, places[i + 1]).join("")
    const kind = within(wrong, from) ? "wrong" : within(untrue, from) ? "untrue" : ""
    const inner = kind ? element("u", { class: kind, text: piece }) : document.createTextNode(piece)
    return from < own ? element("b", {}, inner) : inner
  })
}

/** What the marks mean, of those kinds that are in sight; nothing where the page has no words for it. */
export const legendOf = (words, kinds) =>
  kinds.filter((kind) => words[kind])
    .map((kind) => element("span", {}, element("u", { class: kind, text: "abc" }), ` ${words[kind]}`))
