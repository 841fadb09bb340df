// The one live stream of a tab: run rows, ribbon numbers and engine news, shared by all components.
// Open only while somebody listens and the tab is visible; it resumes from the last event it has seen.

const listeners = new Map() // topic -> Set of functions
const rowsOfRun = new Map() // run id -> latest rows, so that a component that mounts late misses nothing
const KEPT_ROWS = 20_000
const KEPT_RUNS = 8
const RETRY_MS = 2_000

let source = null
let lastId = ""
let retry = 0

const wanted = () => [...listeners.values()].some((set) => set.size) && document.visibilityState === "visible"

function remember({ run_id: run, rows }) {
  const kept = rowsOfRun.get(run) ?? []
  rowsOfRun.delete(run) // re-inserted last: the oldest run is dropped first
  rowsOfRun.set(run, kept.concat(rows).slice(-KEPT_ROWS))
  while (rowsOfRun.size > KEPT_RUNS) rowsOfRun.delete(rowsOfRun.keys().next().value)
}

function receive(event) {
  if (event.lastEventId) lastId = event.lastEventId
  let message
  try {
    message = JSON.parse(event.data)
  } catch {
    return
  }
  if (message.topic === "run") remember(message)
  window.dispatchEvent(new CustomEvent(`gb:${message.topic}`, { detail: message }))
  for (const hear of [...(listeners.get(message.topic) ?? [])]) hear(message)
}

function close() {
  clearTimeout(retry)
  source?.close()
  source = null
}

function open() {
  if (source || !wanted()) return
  const address = new URL("/live", location.origin)
  if (lastId) address.searchParams.set("after", lastId) // EventSource repeats the id only when it reconnects on its own
  source = new EventSource(address)
  source.onmessage = receive
  source.onerror = () => {
    if (source?.readyState !== EventSource.CLOSED) return // it reconnects on its own
    close()
    retry = setTimeout(open, RETRY_MS)
  }
}

const settle = () => (wanted() ? open() : close())
document.addEventListener("visibilitychange", settle)
window.addEventListener("pagehide", close)
window.addEventListener("pageshow", settle)

/** Listen to a topic ("run", "ribbon", "engine"); returns a function that stops listening. */
export function listen(topic, hear) {
  const set = listeners.get(topic) ?? new Set()
  listeners.set(topic, set.add(hear))
  settle()
  return () => {
    set.delete(hear)
    setTimeout(settle, 1000) // a page change mounts the next component within moments
  }
}

/** Listen to one run's rows of one kind: first those already received, then each new batch. */
export function listenToRun(run, kind, after, hear) {
  const matching = (rows) => rows.filter((row) => row.kind === kind && !(row.seq <= after))
  const received = matching(rowsOfRun.get(run) ?? [])
  if (received.length) hear(received)
  return listen("run", (message) => {
    if (message.run_id !== run) return
    const rows = matching(message.rows)
    if (rows.length) hear(rows)
  })
}

/** For tests and the curious: whether the stream is open, and its position. */
export const state = () => ({ open: source !== null, lastId })
