// The glossary's list while one searches it: entries that do not match are hidden, without asking the server.
// The list itself is in the page; nothing to see is drawn here.

const FIELD = ".st-key-glossary_query input"
let words = { all: "", counted: "", nothing: "" }
let opened = null   // the address whose term has been shown already

/** The entries with every word of the query in one of their names; if there is none, in their texts. */
function matching(entries, query) {
  const asked = query.toLowerCase().split(/\s+/).filter(Boolean)
  const holding = (textOf) => entries.filter((entry) => {
    const text = textOf(entry)
    return asked.every((word) => text.includes(word))
  })
  const named = holding((entry) => entry.dataset.names)
  return named.length ? named : holding((entry) => entry.textContent.toLowerCase())
}

function filter() {
  const list = document.querySelector(".gb-glossary")
  if (!list) return
  const query = document.querySelector(FIELD)?.value.trim() ?? ""
  const entries = [...list.querySelectorAll(".gb-entry")]
  const kept = new Set(query ? matching(entries, query) : entries)
  for (const entry of entries) entry.hidden = !kept.has(entry)
  for (const section of list.querySelectorAll("section")) section.hidden = !section.querySelector(".gb-entry:not([hidden])")
  list.querySelector("nav").hidden = query !== ""
  const said = !query ? words.all : kept.size ? words.counted : words.nothing
  const counted = list.querySelector(".gb-counted")
  const told = said.replace("{n}", kept.size).replace("{all}", entries.length)
  if (counted.textContent !== told) counted.textContent = told
}

function open(term) {
  const entry = document.getElementById(`term-${term}`)
  if (!entry || opened === location.href) return
  opened = location.href
  entry.hidden = entry.closest("section").hidden = false
  entry.scrollIntoView({ block: "center" })
  entry.focus({ preventScroll: true })
}

document.addEventListener("input", ({ target }) => target.matches?.(FIELD) && filter())

// Streamlit calls this at every change of data; the list of that run is in the page by the next frame.
export default ({ data }) => {
  words = data
  requestAnimationFrame(() => {
    filter()
    if (data.term) open(data.term)
  })
}
