// The next word: candidates with their probabilities; a throw runs over them and one lights up.
import { component, element, quiet, speaker } from "./kit.js"

const CSS = `
.guess { display: grid; grid-template-columns: minmax(0, 1.12fr) minmax(0, 1fr); gap: 6px 36px; align-items: start; }
.text { margin: 0; font: 24px/1.4 var(--serif); color: var(--accent); overflow-wrap: anywhere; min-height: 2.8em; }
.text b { font-weight: 400; color: var(--ink); }
.text mark { background: none; color: inherit; border-bottom: 3px solid var(--accent); padding: 0 1px; }
.text i { font-style: normal; display: inline-block; min-width: 1.7em; text-align: center; color: var(--soft); border-bottom: 2px dashed var(--edge); }
.acts { display: flex; gap: 14px; margin-top: 8px; align-items: center; }
.acts .first { font-size: 17px; padding: 11px 24px; }
.acts .act:not(.first) { border-color: transparent; background: none; } .acts .act:not(.first):disabled { visibility: hidden; }
ol { list-style: none; margin: 0; padding: 0; grid-column: 2; grid-row: 1 / span 2; }
li { display: grid; grid-template-columns: minmax(84px, 8.5em) 1fr 3.6em 1.2em; gap: 10px; align-items: center; height: 26px; padding: 0 6px; border-radius: 5px; }
li .word { font: 17px/1.2 var(--serif); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; text-align: right; }
li .bar { height: 12px; } li .bar i { display: block; height: 100%; min-width: 2px; border-radius: 3px; background: var(--accent); opacity: .55; transition: width .35s; }
li .share { text-align: right; font-variant-numeric: tabular-nums; font-size: 15px; }
li.rest .word { font: 14px/1.2 var(--sans); color: var(--soft); } li.rest .bar i { background: var(--edge); }
li .mark { color: var(--accent); visibility: hidden; }
li.passing { background: var(--accent-soft); }
li.hit { background: var(--accent-soft); font-weight: 600; } li.hit .bar i { opacity: 1; } li.hit .mark { visibility: visible; }
@media (max-width: 560px) {
  .guess { grid-template-columns: minmax(0, 1fr); } ol { grid-column: 1; grid-row: auto; }
  .text { font-size: 20px; min-height: 2.8em; } .acts { grid-row: 3; } li { grid-template-columns: 92px 1fr 3.2em 1em; gap: 8px; padding: 0 2px; }
}
`
const HOP_MS = 85

export default component(CSS, (root) => {
  const text = element("p", { class: "text" })
  const list = element("ol")
  const toss = element("button", { type: "button", class: "act first" })
  const again = element("button", { type: "button", class: "act" })
  root.append(element("div", { class: "guess" }, text, list, element("div", { class: "acts" }, toss, again)))
  const speak = speaker(root, 0.2)
  let data, at = 0, hit = false, clock = 0, drawn = "", played = false

  const show = () => {
    const guess = data.guesses[at], said = data.guesses.slice(0, at).map((each) => each.text).join("")
    text.replaceChildren(element("b", { text: data.prompt }), said)
    if (hit) {
      text.append(guess.text.startsWith(" ") ? " " : "", element("mark", { text: guess.text.trim() || guess.word }))
    } else text.append(" ", element("i", { text: "?" }))
    const top = Math.max(...guess.rows.map((row) => row.size)) || 1
    list.replaceChildren(
      ...guess.rows.map((row, i) =>
        element(
          "li",
          { class: [i === guess.rows.length - 1 ? "rest" : "", hit && i === guess.hit ? "hit" : ""].join(" ").trim() },
          element("span", { class: "word", text: row.word }),
          element(
            "span",
            { class: "bar", "aria-hidden": "true" },
            element("i", { style: { width: `${(100 * row.size) / top}%` } }),
          ),
          element("span", { class: "share", text: row.share }),
          element("span", { class: "mark", "aria-hidden": "true", text: "✓" }),
        )
      ),
    )
    toss.disabled = hit && at === data.guesses.length - 1
    again.disabled = !hit && at === 0
  }
  const land = () => {
    clearInterval(clock)
    clock = 0
    hit = true
    show()
    const guess = data.guesses[at]
    speak(data.words.drawn.replace("{word}", guess.word).replace("{share}", guess.rows[guess.hit].share))
  }
  /** A light that runs over the candidates and stops at the drawn one. */
  const run = () => {
    if (quiet()) return land()
    const guess = data.guesses[at], n = guess.rows.length
    let hops = n + guess.hit
    clock = setInterval(() => {
      const place = (guess.hit - hops + 10 * n) % n
      ;[...list.children].forEach((row, i) => row.classList.toggle("passing", i === place))
      if (hops-- === 0) land()
    }, HOP_MS)
  }
  const act = () => {
    if (clock) return land()
    if (hit && at < data.guesses.length - 1) {
      at++
      hit = false
      show()
    } else if (hit) return
    run()
  }
  toss.addEventListener("click", act)
  again.addEventListener("click", () => {
    clearInterval(clock)
    clock = 0
    at = 0
    hit = false
    show()
    toss.focus()
  })

  return {
    update(next) {
      data = next
      toss.textContent = data.words.throw
      again.textContent = data.words.again
      list.setAttribute("aria-label", data.words.candidates)
      const signature = JSON.stringify([data.prompt, data.guesses])
      if (signature !== drawn) {
        drawn = signature
        clearInterval(clock)
        clock = 0
        at = 0
        hit = false
        show()
      }
      if (data.autoplay && !played) {
        played = true
        if (!quiet()) setTimeout(() => !hit && !clock && run(), 700)
      }
    },
    destroy() {
      clearInterval(clock)
      speak.stop()
    },
  }
})
