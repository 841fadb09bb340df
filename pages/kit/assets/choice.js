// The whole way of a choice: from the model's own probabilities through every processor to the draw, column by column.
// Logits travel once; what a hand moves is computed here, in the same frame.
import { bytesOf, component, element, fill, framed, number, onLook, percent, speaker, visibleText } from "./kit.js"
import { dartLine, LINE_CSS } from "./dart_line.js"
import { best, nLeft, probability, start, step } from "./processors.js"
import { dart, Darts, hit } from "./sampling.js"

const CSS = LINE_CSS + `
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; min-width: 760px; table-layout: fixed; }
th { vertical-align: top; text-align: left; font: 14px/1.3 var(--sans); padding: 0 10px 3px 0; } th b { display: block; font-weight: 600; } th small { display: block; font-size: 12.5px; color: var(--soft); font-weight: 400; } th.off b, th.off small { color: var(--soft); }
th input[type=range] { width: 100%; accent-color: var(--accent); margin: 0; min-height: 26px; height: 26px; display: block; } th .moves { display: flex; gap: 2px; align-items: center; font: 13px var(--mono); } .gb th .moves button { border: 0; background: none; color: var(--accent); padding: 0 5px; min-height: 26px; min-width: 26px; border-radius: 5px; } .gb th .moves button:hover:not(:disabled) { background: var(--accent-soft); } .gb th .moves button:disabled { opacity: .25; cursor: default; } th .moves span { flex: 1; text-align: center; }
td, tbody th { height: 23px; padding: 0 10px 0 0; font: 13px var(--mono); font-variant-numeric: tabular-nums; } tbody th { font: 16px/1.2 var(--serif); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; padding-bottom: 0; vertical-align: middle; } .gb th .take { border: 0; background: var(--accent-soft); padding: 0 7px; border-radius: 5px; max-width: 100%; min-width: 24px; height: 21px; line-height: 19px; overflow: hidden; text-overflow: ellipsis; vertical-align: middle; } .gb th .take:hover:not(:disabled) { background: var(--accent); color: var(--on-accent); } .gb th .take:disabled { color: var(--soft); background: none; cursor: default; }
tbody th em { font: 12px var(--mono); color: var(--soft); margin-left: 6px; }
td { position: relative; } td i { position: absolute; left: 0; bottom: 2px; height: 4px; border-radius: 2px; background: var(--accent); max-width: calc(100% - 10px); } td span { position: absolute; left: 0; top: 0; line-height: 17px; } td.out span { color: var(--warn); } td.gone span { color: var(--edge); } td.drawn i { background: var(--key); } tr.drawn th { color: var(--key); } tr.drawn { background: color-mix(in srgb, var(--key) 8%, transparent); } tr.more td, tr.more th { color: var(--soft); font-size: 13px; font-family: var(--sans); }
.row { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; margin: 2px 0 0; } .row input[type=search] { border: 1px solid var(--edge); border-radius: 7px; padding: 6px 10px; min-height: 36px; font: 15px var(--sans); background: var(--card); color: var(--ink); min-width: 200px; } [hidden] { display: none; }
.said { font: 16px/1.45 var(--serif); min-height: 24px; margin: 6px 0 0; }
`
const N_ROWS = 7, N_MATCHES = 6, N_DRAWS = 1000
/** Each processor: where it does nothing, its range, its step. */
const HANDLES = {
  repetition_penalty: { rest: 1, low: 1, high: 2, step: 0.05, digits: 2 },
  presence_penalty: { rest: 0, low: -2, high: 2, step: 0.1, digits: 1 },
  frequency_penalty: { rest: 0, low: -2, high: 2, step: 0.1, digits: 1 },
  temperature: { rest: 1, low: 0, high: 2, step: 0.05, digits: 2 },
  top_k: { rest: 0, low: 0, high: 50, step: 1, digits: 0 },
  top_p: { rest: 1, low: 0.05, high: 1, step: 0.01, digits: 2 },
  min_p: { rest: 0, low: 0, high: 0.5, step: 0.01, digits: 2 },
  typical_p: { rest: 1, low: 0.05, high: 1, step: 0.01, digits: 2 },
}

export default component(CSS, (root, { keep, tell }) => {
  const table = element("table"), scroll = element("div", { class: "scroll" }, table)
  const throwIt = element("button", { type: "button", class: "act first" })
  const takeIt = element("button", { type: "button", class: "act first", hidden: true })
  const many = element("button", { type: "button", class: "act" })
  const again = element("button", { type: "button", class: "act" })
  const search = element("input", { type: "search", autocomplete: "off" })
  const said = element("p", { class: "said" }), speak = speaker(root, 0.5)
  let data,
    logits,
    order = [],
    values = {},
    shown = [],
    drawn = null,
    nThrown = 0,
    thrown = null,
    counts = null,
    headed = "", // what the head was built for
    laidOut = null, // the rows, and what they were built for
    id = ""
  let steps = [], made = [] // the distributions, and how each was made: what has not changed is not computed again
  let first = [], matches = []
  const line = dartLine(() => data?.lang ?? "")
  root.append(scroll, element("div", { class: "row" }, throwIt, takeIt, many, again, search), line.node, said)

  const text = (token) => visibleText(data.texts[token]).replace(/^·/, "") || "·"
  const compute = () => {
    order.forEach((name, n) => {
      const how = `${name} ${values[name]}`
      if (made[n] === how) return
      made.length = n // what follows starts from something else
      const last = steps[n]
      steps[n + 1] = values[name] === HANDLES[name].rest ? last : step(last, name, values[name], data.before)
      made[n] = how
    })
    steps.length = order.length + 1
    made.length = order.length
  }
  const begin = () => {
    steps = [start(logits)]
    made = []
    first = best(steps[0], N_ROWS)
  }
  const look = () => {
    const wanted = search.value.trim().toLowerCase(), found = []
    if (wanted) data.texts.forEach((each, token) => each.toLowerCase().includes(wanted) && found.push(token))
    matches = found.filter((token) => !first.includes(token))
      .sort((a, b) => probability(steps[0], b) - probability(steps[0], a)).slice(0, N_MATCHES)
  }
  const rows = () => {
    const extra = drawn !== null && !first.includes(drawn) && !matches.includes(drawn) ? [drawn] : []
    return [...first, ...matches, ...extra]
  }
  /** Append a token to the text: the page answers with the choice after it. */
  const take = (token, how) => {
    if (!data.takes) return
    tell("take", { kind: "take", token, how, after: data.id, thrown: nThrown, settings: { order, values } })
  }
  const cell = () => {
    const told = element("span"), bar = element("i")
    return { node: element("td", {}, told, bar), told, bar }
  }
  /** Write into a cell what it shows now; what stands there already is left alone. */
  const write = ({ node, told, bar }, how, words, width) => {
    if (node.className !== how) node.className = how
    if (told.textContent !== words) told.textContent = words
    const wide = `${width.toFixed(2)}%`
    if (bar.style.width !== wide) bar.style.width = wide
  }
  const writeShare = (into, n, token, top) => {
    const p = probability(steps[n], token)
    if (p > 0) {
      const how = token === drawn && n === steps.length - 1 ? "drawn" : ""
      return write(into, how, percent(p, data.lang, p < 0.1 ? 1 : 0), 100 * p / top)
    }
    const isNew = n === 0 || probability(steps[n - 1], token) > 0
    write(into, isNew ? "out" : "gone", isNew ? data.words.out : "–", 0)
  }
  const candidate = (token) =>
    element("button", {
      type: "button",
      class: "take",
      text: text(token),
      disabled: !data.takes,
      title: `id ${token} · logit ${number(logits[token], 3, data.lang)}`,
      onclick: () => take(token, "forced"),
    })
  /** The rows of the tokens that are shown, still without values. */
  const layOut = () => {
    const focused = [...table.querySelectorAll("tbody button")].indexOf(root.getRootNode().activeElement)
    laidOut = {
      of: outline(),
      rows: shown.map((token) => {
        const button = candidate(token), cells = steps.map(cell), count = cell()
        const used = data.before.includes(token) ? element("em", { text: data.words.used }) : null
        const head = element("th", { scope: "row" }, button, used)
        return { node: element("tr", {}, head, ...cells.map(({ node }) => node), count.node), button, cells, count }
      }),
      rest: [...steps, null].map(cell),
    }
    const others = fill(data.words.others, { n: number(logits.length - shown.length, 0, data.lang) })
    const body = element(
      "tbody",
      {},
      ...laidOut.rows.map(({ node }) => node),
      element(
        "tr",
        { class: "more" },
        element("th", { scope: "row", text: others }),
        ...laidOut.rest.map(({ node }) => node),
      ),
    )
    table.querySelector("tbody")?.remove()
    table.append(body)
    if (focused >= 0) [...body.querySelectorAll("button")].at(Math.min(focused, shown.length - 1))?.focus()
  }
  const outline = () => JSON.stringify([id, data.lang, data.takes, data.words, shown, steps.length])
  const paintBody = () => {
    compute()
    shown = rows()
    if (laidOut?.of !== outline()) layOut()
    const end = steps.length - 1, last = (token) => probability(steps[end], token)
    const tops = steps.map((each) => shown.reduce((most, token) => Math.max(most, probability(each, token)), 1e-12))
    shown.forEach((token, at) => {
      const { node, button, cells, count } = laidOut.rows[at], n = counts?.get(token) ?? 0
      node.className = token === drawn ? "drawn" : ""
      button.ariaLabel = fill(data.words.take, { word: text(token), share: percent(last(token), data.lang, 1) })
      cells.forEach((each, step) => writeShare(each, step, token, tops[step]))
      write(count, "", counts ? number(n, 0, data.lang) : "", 100 * n / N_DRAWS / tops[end])
    })
    const rest = (each) => Math.max(0, 1 - shown.reduce((sum, token) => sum + probability(each, token), 0))
    let others = 0
    if (counts) { for (const [token, n] of counts) if (!shown.includes(token)) others += n }
    steps.forEach((each, n) => write(laidOut.rest[n], "", percent(rest(each), data.lang, 1), 0))
    write(laidOut.rest[end + 1], "", counts ? number(others, 0, data.lang) : "", 0)
    steps.forEach((each, n) => {
      const left = table.querySelector(`[data-left="${n}"]`)
      if (left) left.textContent = fill(data.words.left, { n: number(nLeft(each), 0, data.lang) })
    })
    table.querySelector("[data-counts]").textContent = counts ? data.words.counted : data.words.not_yet
    line.draw(
      shown.filter((token) => last(token) > 0).map((token) => ({ key: token, name: text(token), share: last(token) })),
      { share: rest(steps[end]), name: data.words.rest },
    )
  }
  const paint = framed(paintBody)
  const settle = () => {
    keep("settings", { order, values })
    const last = steps[steps.length - 1]
    const [likeliest] = best(last, 1)
    speak(
      fill(data.words.told, {
        n: number(nLeft(last), 0, data.lang),
        word: text(likeliest),
        share: percent(probability(last, likeliest), data.lang),
      }),
    )
  }
  const forget = () => {
    drawn = null
    counts = null
    takeIt.hidden = true
    line.hide()
    said.textContent = data.words.hint
  }
  const head = () => {
    const columns = order.map((name, n) => {
      const { low, high, digits, rest } = HANDLES[name], value = values[name]
      const told = () => values[name] === rest ? data.words.off : number(values[name], digits, data.lang)
      const slider = element("input", {
        type: "range",
        min: low,
        max: high,
        step: HANDLES[name].step,
        value,
        "aria-label": data.words[name],
      })
      const shownValue = element("span", { text: told() })
      const top = element("th", { scope: "col", class: value === rest ? "off" : null })
      slider.addEventListener("input", () => {
        values[name] = Number(slider.value)
        shownValue.textContent = told()
        top.classList.toggle("off", values[name] === rest)
        forget()
        paint()
      })
      slider.addEventListener("change", settle)
      const moved = (by) => () => {
        const other = n + by
        order = order.map((each, i) => (i === n ? order[other] : i === other ? order[n] : each))
        forget()
        build()
        settle()
        table.querySelectorAll("thead th")[other + 2]?.querySelector(by < 0 ? ".left" : ".right")?.focus()
      }
      top.append(
        element("b", { text: data.words[name] }),
        slider,
        element(
          "div",
          { class: "moves" },
          element("button", {
            type: "button",
            class: "left",
            "aria-label": fill(data.words.earlier, { name: data.words[name] }),
            text: "←",
            disabled: n === 0,
            onclick: moved(-1),
          }),
          shownValue,
          element("button", {
            type: "button",
            class: "right",
            "aria-label": fill(data.words.later, { name: data.words[name] }),
            text: "→",
            disabled: n === order.length - 1,
            onclick: moved(1),
          }),
        ),
        element("small", { "data-left": n + 1 }),
      )
      return top
    })
    return element(
      "thead",
      {},
      element(
        "tr",
        {},
        element("th", { scope: "col" }, element("b", { text: data.words.token })),
        element(
          "th",
          { scope: "col" },
          element("b", { text: data.words.model }),
          element("small", { text: data.words.softmax }),
          element("small", { "data-left": 0 }),
        ),
        ...columns,
        element(
          "th",
          { scope: "col" },
          element("b", { text: data.words.draws }),
          element("small", { "data-counts": "" }),
        ),
      ),
    )
  }
  const heading = () => JSON.stringify([order, data.words])
  const build = () => {
    table.replaceChildren(head())
    laidOut = null
    headed = heading()
    paintBody()
  }
  throwIt.addEventListener("click", async () => {
    const last = steps[steps.length - 1], turn = id
    thrown = dart(data.seed, nThrown++)
    const [place, at] = hit(last.probs, thrown), token = last.ids[place]
    drawn = token
    counts = null
    paintBody()
    const part = shown.includes(drawn) ? drawn : null
    await line.fly(part, part === null ? 0.5 : at, 700)
    if (turn !== id || drawn !== token) return // something else has been chosen meanwhile
    takeIt.hidden = !data.takes
    takeIt.textContent = fill(data.words.take_it, { word: text(token) })
    said.textContent = fill(data.words.hit, {
      word: text(drawn),
      share: percent(probability(last, drawn), data.lang, 1),
      dart: number(thrown, 4, data.lang),
    })
    speak(said.textContent)
  })
  takeIt.addEventListener("click", () => {
    take(drawn, "drawn")
    throwIt.focus()
  })
  many.addEventListener("click", () => {
    const last = steps[steps.length - 1], darts = new Darts(data.seed)
    let sum = 0
    const ends = last.probs.map((p) => sum += p)
    counts = new Map()
    for (let n = 0; n < N_DRAWS; n++) {
      const at = darts.random() * sum
      let low = 0, high = ends.length - 1
      while (low < high) {
        const middle = (low + high) >> 1
        if (ends[middle] > at) high = middle
        else low = middle + 1
      }
      counts.set(last.ids[low], (counts.get(last.ids[low]) ?? 0) + 1)
    }
    drawn = null
    takeIt.hidden = true
    line.hide()
    build()
    const [likeliest] = best(last, 1)
    said.textContent = fill(data.words.thousand, {
      word: text(likeliest),
      n: number(counts.get(likeliest) ?? 0, 0, data.lang),
      expected: number(N_DRAWS * probability(last, likeliest), 0, data.lang),
      kinds: number(counts.size, 0, data.lang),
    })
    speak(said.textContent)
  })
  again.addEventListener("click", () => {
    order = [...data.start.order]
    values = Object.fromEntries(order.map((name) => [name, data.start.values[name] ?? HANDLES[name].rest]))
    search.value = ""
    look()
    forget()
    build()
    settle()
  })
  search.addEventListener("input", () => {
    look()
    paint()
  })
  const endLook = onLook(root, () => data && paintBody())

  return {
    update(next) {
      const isOther = next.id !== id
      data = next
      throwIt.textContent = data.words.throw
      many.textContent = data.words.many
      again.textContent = data.words.again
      search.placeholder = data.words.search
      search.setAttribute("aria-label", data.words.search)
      if (isOther) {
        id = data.id
        logits = new Float32Array(bytesOf(data.logits).buffer)
        if (!order.length) {
          order = [...data.settings.order]
          values = { ...data.settings.values }
        }
        nThrown = data.thrown
        begin()
        look()
        forget()
      }
      for (const name of data.settings.order) if (!order.includes(name)) order.push(name)
      order = order.filter((name) => data.settings.order.includes(name))
      for (const name of order) values[name] ??= HANDLES[name].rest
      if (headed === heading()) paintBody() // a slider under somebody's hand stays the same
      else build()
    },
    destroy() {
      paint.stop()
      speak.stop()
      endLook()
    },
  }
})
