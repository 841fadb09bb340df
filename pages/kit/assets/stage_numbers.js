// The numbers of a stage as CSV: RFC 4180, UTF-8, commas, numbers with a point, in every language of the page.
//
// One long table (part, series, x, value), because a stage may hold several tables and curves and a CSV file is one
// table. No semicolons and decimal commas for Excel in German: the same state would give two files that other programs
// read differently. Excel reads this form by Data > From Text/CSV.

/** @typedef {[string, string, string, string]} Row part, series, x, value */

const HEAD = ["part", "series", "x", "value"]

/** All elements of a stage, those inside shadow roots included, in their order. */
export function* everything(node) {
  for (const child of node.children) {
    if (child.hasAttribute("data-gb-not-in-picture")) continue
    yield child
    if (child.shadowRoot) yield* everything(child.shadowRoot)
    yield* everything(child)
  }
}

/** A text as read: white space made single, without what only screen readers say. */
const said = (node) => (node?.innerText ?? node?.textContent ?? "").replace(/\s+/g, " ").trim()

/** A number as the page writes it, as every program reads it: "1 234,5 %" becomes "1234.5 %". */
export function plain(text, isGerman) {
  const found = /^([−–-]?)((?:\d{1,3}(?:[\u202f\u00a0 .,']\d{3})+|\d+)(?:[.,]\d+)?)(?!\d)(.*)$/s.exec(text.trim())
  if (!found) return text
  const [, sign, digits, rest] = found
  if (/^[\d.,:–-]/.test(rest.trim())) return text // a date, a time, a range
  const point = isGerman ? "," : "."
  const [whole, decimals, ...more] = digits.split(point)
  if (more.length || (decimals && /\D/.test(decimals))) return text
  const value = whole.replace(/\D/g, "") + (decimals ? `.${decimals}` : "")
  return `${sign ? "-" : ""}${value}${rest.replace(/[\u202f\u00a0]/g, " ").replace(/^(?=\S)/, " ")}`.trim()
}

/** @returns {Iterable<Row>} */
function* ofTable(table, part, tell) {
  const rows = [...table.rows].map((row) => [...row.cells])
  const head = rows[0]?.every((cell) => cell.tagName === "TH") ? rows.shift().map(said) : []
  for (const cells of rows) {
    const name = said(cells[0])
    if (cells.length === 1) yield [part, "", head[0] ?? "", tell(name)]
    for (let i = 1; i < cells.length; i++) yield [part, name, head[i] ?? String(i), tell(said(cells[i]))]
  }
}

/** Every point of a Plotly figure. @returns {Iterable<Row>} */
function* ofFigure(plot) {
  const named = (axis) => plainWords(plot.layout?.[axis]?.title?.text ?? "")
  const annotated = plainWords(plot.layout?.annotations?.[0]?.text ?? "")
  const part = named("yaxis") || annotated || "figure"
  for (const trace of plot.data ?? []) {
    const name = plainWords(trace.name ?? "")
    if (trace.z) {
      for (let r = 0; r < trace.z.length; r++) {
        for (let c = 0; c < trace.z[r].length; c++) {
          yield [part, String(trace.y?.[r] ?? r), String(trace.x?.[c] ?? c), told(trace.z[r][c])]
        }
      }
      continue
    }
    // Where an axis is stretched, the true x travels beside the drawn one.
    const xs = trace.hovertemplate?.startsWith?.("%{customdata") ? trace.customdata : trace.x
    for (let i = 0; i < (trace.y ?? []).length; i++) {
      if (trace.y[i] !== null && trace.y[i] !== undefined) yield [part, name, told(xs?.[i] ?? i), told(trace.y[i])]
    }
  }
}
const told = (value) => plainWords(String(value))
const plainWords = (markup) =>
  /[<&]/.test(markup) ? new DOMParser().parseFromString(markup, "text/html").body.textContent.trim() : markup

const CONTROLS =
  "input, textarea, select, option, label, [data-testid=stSlider], [data-testid=stButtonGroup], [data-testid=stNumberInput], .gb-head, .spoken, [role=status], script, style"
const DIGITS = "[<>≈~±]?\\s*[+−–-]?\\d[\\d\\u202f\\u00a0.,]*(?:\\s?(?:%|±|[a-zµ]{1,4}(?:\\/[a-z]+)?(?![\\p{L}])))?"
const NUMBER = new RegExp(`^\\(?${DIGITS}(?:\\s?[–-]\\s?${DIGITS})?\\)?$`, "iu")
const NUMBERS = new RegExp(`\\(?${DIGITS}(?:\\s?[–-]\\s?${DIGITS})?\\)?|[→←]`, "giu")
const LONGEST = 20000, LONGEST_LABEL = 160

/**
 * Names a number that stands alone by the words around it, and by its place among the numbers there.
 * @returns {Row}
 */
function ofLeaf(node, text, tell, places) {
  let around = node.parentElement
  for (let i = 0; around && i < 4; i++, around = around.parentElement) {
    const whole = said(around)
    if (whole.length > LONGEST_LABEL) break
    const name = whole.replace(NUMBERS, " ").replace(/\s+/g, " ").trim()
    if (!name) continue
    const place = (places.get(around) ?? 0) + 1
    places.set(around, place)
    return ["text", name, String(place), tell(text)]
  }
  return ["text", "", "", tell(text)]
}

/** @returns {Iterable<Row>} */
function* ofStage(stage, tell) {
  let n = 0
  const places = new Map()
  for (const node of everything(stage)) {
    if (
      node.closest("table, .js-plotly-plot, dl.gb-figures") && !node.matches("table, .js-plotly-plot, dl.gb-figures")
    ) continue
    if (node.gbNumbers) yield* node.gbNumbers()
    if (node instanceof HTMLTableElement) {
      yield* ofTable(node, said(node.caption) || node.getAttribute("aria-label") || `table ${++n}`, tell)
    } else if (node.classList.contains("js-plotly-plot")) yield* ofFigure(node)
    else if (node.matches("dl.gb-figures")) {
      for (const name of node.querySelectorAll("dt")) {
        const value = name.parentElement.querySelector("dd")
        if (value) yield ["figures", said(name), "", tell(said(value))]
      }
    } else if (!(node instanceof SVGElement) && !node.closest(CONTROLS) && node.checkVisibility?.() !== false) {
      const own = [...node.childNodes].some((each) => each.nodeType === Node.TEXT_NODE && /\d/.test(each.data))
      if (!own) continue
      const text = said(node)
      if (NUMBER.test(text)) yield ofLeaf(node, text, tell, places)
      else if (!node.closest("button")) yield ["text", "", "", tell(text)]
    }
  }
}

/** A cell: quoted where it must be; a text that a spreadsheet would compute is kept a text. */
export function cell(text) {
  const isNumber = /^-?\d+(\.\d+)?(e[+-]?\d+)?( .*)?$/i.test(text)
  const safe = !isNumber && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/**
 * The numbers of a stage.
 *
 * @param {Element} stage whose
 * @param {[string, string][]} about what stands first: title, how it came to be, address, date
 * @param {string} lang of the page
 * @returns {string} the file
 */
export function numbersOf(stage, about, lang) {
  const isGerman = lang.startsWith("de")
  const tell = (text) => plain(text, isGerman)
  /** @type {string[][]} */
  const rows = [HEAD, ...about.map(([name, value]) => ["about", name, "", value])]
  for (const row of ofStage(stage, tell)) {
    rows.push(row)
    if (rows.length > LONGEST) break
  }
  return rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n"
}
