// Draws the figures made by core/figures in the page's colours, and updates them with a run's rows.
// Plotly is fetched for the first figure; at most one redraw per frame; a zoom survives new points. What nobody sees
// yet is drawn after everything else.
import { colours, component, element, number, onLook, speaker, unhurried } from "./kit.js"
import { listenToRun } from "./live.js"

const CSS = `
.gb .figure { position: relative; margin: 0; }
.gb .plot { position: relative; z-index: 0; }
.gb .ends { position: absolute; inset: 0; pointer-events: none; overflow: hidden; }
.gb .ends span { position: absolute; white-space: nowrap; font: 600 13px/16px var(--sans); transform: translateY(-50%);
  font-variant-numeric: tabular-nums; padding: 0 3px; border-radius: 3px; background: color-mix(in srgb, var(--card) 82%, transparent); }
.gb .ends i { position: absolute; width: 8px; height: 8px; margin: -4px; border-radius: 50%; }
.gb .ends .cursor { position: absolute; width: 1px; background: var(--soft); opacity: .6; display: none; }
.gb .figure .back { position: absolute; top: 4px; left: 52px; z-index: 2; background: var(--card); border: 1px solid var(--line); border-radius: 7px;
  min-height: 28px; padding: 2px 10px; font-size: 13px; color: var(--accent); }
.gb .figure .back[hidden] { display: none; }
`
const DENSE = 1500 // latest points that are all kept
const MOST = 3000 // points per trace; beyond this the older half is thinned, again and again
const LABEL_PX = 16

let loading
/** plotly.js from the installed package, loaded once per page. */
function plotly() {
  loading ??= new Promise((resolve, reject) => {
    const script = element("script", { src: new URL("/assets/plotly.min.js", location.origin).href })
    script.onload = () => resolve(window.Plotly)
    script.onerror = () => {
      loading = null
      reject(new Error("plotly.min.js could not be loaded"))
    }
    document.head.append(script)
  })
  return loading
}

/** Drop every second point of the older half, so that history thins exponentially and recent points stay dense. */
function thin(trace) {
  if (trace.x.length <= MOST) return
  const old = trace.x.length - DENSE
  const keep = (_, i) => i >= old || i % 2 === 0
  trace.x = trace.x.filter(keep)
  trace.y = trace.y.filter(keep)
}

/** The figure with the look's colours and fonts replaced by the current values of the page's variables. */
function dressed(value, look) {
  if (typeof value === "string") return look.get(value) ?? value
  if (Array.isArray(value)) {
    const isNumbers = typeof value[0] === "number" && typeof value.at(-1) === "number" // a colour scale has both
    return isNumbers ? value : value.map((each) => dressed(each, look))
  }
  if (value && typeof value === "object" && !ArrayBuffer.isView(value)) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, dressed(v, look)]))
  }
  return value
}

export default component(CSS, (root) => {
  const plot = element("div", { class: "plot" })
  const ends = element("div", { class: "ends", "aria-hidden": "true" })
  const back = element("button", { type: "button", class: "back", hidden: true })
  const figure = element("figure", { class: "figure", role: "group" }, plot, ends, back)
  root.append(figure)
  const speak = speaker(root, 4)
  let data, fig, Plotly, revision = 0, alive = true, stream = "", endLive = [], drawing = null, hears = false

  const touch = matchMedia("(pointer: coarse)").matches
  const plain = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&") // plotly's texts are escaped
  const newest = (trace) => {
    for (let i = trace.x.length - 1; i >= 0; i--) if (trace.y[i] !== null) return i
    return -1
  }
  const worded = (trace, y) =>
    `${plain(trace.name)} ${number(y, trace.meta.end_digits, data.lang)}${trace.meta.end_suffix ?? ""}`

  const draw = unhurried(figure, async () => {
    if (!alive || !Plotly || !fig || !plot.clientWidth) return
    if (drawing) {
      await drawing
      if (!alive) return
    }
    const colour = colours(root)
    const look = new Map(Object.entries(data.look).map(([literal, name]) => [literal, colour(name) || literal]))
    const layout = dressed(fig.layout, look)
    const narrow = plot.clientWidth < 480
    layout.annotations = (layout.annotations ?? []).filter((note) => !note.name?.startsWith("end:"))
    Object.assign(layout, {
      width: plot.clientWidth,
      height: data.height,
      autosize: false,
      uirevision: data.same,
      datarevision: ++revision,
    })
    if (narrow && fig.data.some((trace) => trace.meta?.end_digits !== undefined)) {
      layout.margin = { ...layout.margin, r: 14 }
    }
    if (touch) layout.dragmode = false
    drawing = Plotly.react(plot, dressed(fig.data, look), layout, {
      displayModeBar: false,
      doubleClick: "reset",
      scrollZoom: false,
      responsive: false,
      showTips: false,
    })
    await drawing
    drawing = null
    if (!alive) return
    hear()
    window.__gbDraws = (window.__gbDraws ?? 0) + 1
  })

  /** Direct labels at the latest points, pushed apart where they would overlap. */
  const label = () => {
    const full = plot._fullLayout
    if (!full?.xaxis) return
    const { xaxis, yaxis } = full, right = xaxis._offset + xaxis._length
    const marks = []
    fig.data.forEach((trace, i) => {
      const last = trace.meta?.end_digits === undefined ? -1 : newest(trace)
      if (last < 0 || plot._fullData[i]?.visible !== true) return
      const x = xaxis._offset + xaxis.d2p(trace.x[last]), y = yaxis._offset + yaxis.d2p(trace.y[last])
      if (x < xaxis._offset - 1 || x > right + 1 || y < yaxis._offset - 1 || y > yaxis._offset + yaxis._length + 1) {
        return
      }
      marks.push({ x, y, at: y, colour: plot._fullData[i].line?.color, text: worded(trace, trace.y[last]) })
    })
    marks.sort((a, b) => a.y - b.y)
    for (let round = 0; round < 8; round++) {
      for (let k = 1; k < marks.length; k++) {
        const overlap = LABEL_PX - (marks[k].at - marks[k - 1].at)
        if (overlap > 0) {
          marks[k].at += overlap / 2
          marks[k - 1].at -= overlap / 2
        }
      }
    }
    ends.replaceChildren(cursor)
    const width = plot.clientWidth
    for (const mark of marks) {
      ends.append(element("i", { style: { left: `${mark.x}px`, top: `${mark.y}px`, background: mark.colour } }))
      const word = element("span", { text: mark.text, style: { top: `${mark.at}px`, color: mark.colour } })
      ends.append(word)
      const left = Math.max(...marks.map((each) => each.x)) + 9
      word.style.left = `${Math.max(xaxis._offset, Math.min(left, width - word.offsetWidth - 2))}px`
      if (left + word.offsetWidth > width - 2) {
        const below = mark.at - 14 - LABEL_PX / 2 < yaxis._offset - 4 || (mark === marks.at(-1) && marks.length > 1) // the axis title is above the plot
        word.style.top = `${mark.at + (below ? 14 : -14)}px`
      }
    }
    back.hidden = xaxis.autorange !== false && yaxis.autorange !== false || sameRanges(full)
  }
  const sameRanges = (full) =>
    ["xaxis", "yaxis"].every((name) => {
      const range = fig.layout[name]?.range
      return full[name].autorange !== false ||
        (range && full[name].range.every((v, i) => Math.abs(v - range[i]) < 1e-9))
    })
  const say = () => {
    const told = fig.data.filter((t) => t.meta?.end_digits !== undefined && newest(t) >= 0)
    if (!told.length) return
    const step = Math.max(...told.map((t) => t.x[newest(t)]))
    speak(
      `${fig.layout.xaxis?.title?.text ?? ""} ${number(step, 0, data.lang)}: ` +
        told.map((t) => worded(t, t.y[newest(t)])).join(", "),
    )
  }

  const cursor = element("div", { class: "cursor" })
  const point = (x) => {
    const full = plot._fullLayout
    if (!full?.xaxis || x === null) {
      cursor.style.display = "none"
      return
    }
    const at = full.xaxis._offset + full.xaxis.d2p(x)
    const inside = at >= full.xaxis._offset && at <= full.xaxis._offset + full.xaxis._length
    Object.assign(cursor.style, {
      display: inside ? "block" : "none",
      left: `${at}px`,
      top: `${full.yaxis._offset}px`,
      height: `${full.yaxis._length}px`,
    })
  }
  const hearCursor = ({ detail }) => {
    if (!hears || !data?.cursor || detail.cursor !== data.cursor || detail.from === root) return
    point(detail.x)
    if (detail.x === null) Plotly?.Fx.unhover(plot)
    else Plotly?.Fx.hover(plot, { xval: detail.x }, "xy")
  }
  window.addEventListener("gb:cursor", hearCursor)
  const tellCursor = (x) =>
    data.cursor &&
    window.dispatchEvent(new CustomEvent("gb:cursor", { detail: { cursor: data.cursor, x, from: root } }))

  back.addEventListener("click", () => {
    for (const name of ["xaxis", "yaxis"]) {
      const range = fig.layout[name]?.range
      Plotly.relayout(plot, range ? { [`${name}.range`]: range } : { [`${name}.autorange`]: true })
    }
  })
  const start = unhurried(figure, async () => {
    try {
      Plotly = await plotly()
    } catch (error) {
      figure.replaceChildren(element("p", { class: "soft", text: data.alt }))
      throw error
    }
    draw()
  })
  /** Listen to what Plotly tells; it tells nothing before the first drawing. */
  const hear = () => {
    if (hears) return
    hears = true
    plot.on("plotly_afterplot", label)
    plot.on("plotly_hover", (event) => {
      if (event.event instanceof Event) tellCursor(event.points[0].x)
    })
    plot.on("plotly_unhover", (event) => {
      if (event.event instanceof Event) tellCursor(null)
    })
    label()
  }
  const endLook = onLook(figure, draw)

  const follow = () => {
    const wanted = JSON.stringify(data.feeds ?? [])
    if (wanted === stream) return
    endLive.forEach((end) => end())
    stream = wanted
    endLive = []
  }
  const take = (feed) => (rows) => {
    for (const { trace, x, y } of feed.to) {
      const target = fig.data[trace]
      if (!target) continue
      for (const row of rows) {
        if (!Number.isFinite(row[x]) || !Number.isFinite(row[y])) continue
        target.x.push(row[x])
        target.y.push(row[y] * (feed.factor ?? 1))
      }
      thin(target)
    }
    draw()
    say()
  }
  return {
    update(next) {
      const first = !data
      data = next
      fig = structuredClone(data.fig)
      fig.layout ??= {}
      for (const { to } of data.feeds ?? []) {
        for (const { trace } of to) {
          fig.data[trace].x = [...(fig.data[trace].x ?? [])]
          fig.data[trace].y = [...(fig.data[trace].y ?? [])]
        }
      }
      figure.setAttribute("aria-label", data.alt)
      plot.style.height = `${data.height}px`
      back.textContent = data.words.whole
      stream = "" // the figure is new: its run's rows since then are sent again
      follow()
      for (const feed of data.feeds ?? []) endLive.push(listenToRun(feed.run, feed.kind, feed.after, take(feed)))
      if (first) start()
      else draw()
    },
    destroy() {
      alive = false
      start.stop()
      draw.stop()
      endLook()
      speak.stop()
      endLive.forEach((end) => end())
      window.removeEventListener("gb:cursor", hearCursor)
      if (Plotly) Plotly.purge(plot)
    },
  }
})
